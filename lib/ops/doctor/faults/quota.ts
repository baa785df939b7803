import type { Fault } from '../finding';
import { kubectl, reapply } from '../live';
import { distinct, oneLine } from '../text';
import { refusals } from './refusals';

const EXCEEDED = /exceeded quota: ([^,]+), (.*)$/;

/** Pods that a quota has no room for. */
export const quota: Fault = {
  code: 'TARS7307',
  title: 'a quota that refuses pods',
  why: 'The pods are not made, nothing in the list of pods says so, and a rolling update may stand still.',
  kubernetes: (snapshot) => {
    const refused = refusals(snapshot).flatMap((one) => {
      const [, name, arithmetic] = EXCEEDED.exec(one.message) ?? [];
      return name === undefined ? [] : [{ ...one, name, arithmetic: arithmetic ?? '' }];
    });
    return distinct(refused.map(({ name }) => name)).map((name) => {
      const own = refused.filter((one) => one.name === name);
      return {
        object: `ResourceQuota/${name}`,
        rank: 'cause' as const,
        components: own.map(({ component }) => component),
        affected: own.map(({ owner }) => owner),
        message: `it has no room for the pods of ${distinct(own.map(({ owner }) => owner)).join(', ')}`,
        evidence: distinct(own.map(({ owner, arithmetic }) => `${owner}: ${oneLine(arithmetic)}`)),
        cause: 'pods that run, that are added by an update or by an autoscaler, and this one are more than it allows',
        remedies: [
          kubectl(snapshot, `describe quota ${name}`),
          'tars check',
          '# raise guardRails.quota in main.ts, or lower replicas or resources',
          'tars synth',
          reapply(snapshot),
        ],
      };
    });
  },
};
