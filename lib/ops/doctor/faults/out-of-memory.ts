import type { Fault } from '../finding';
import { RECENT_MS, isReady, kubectl, lastEnd, liveContainers, lower, titleOf } from '../live';
import { compose, engineContainers, isServing, serviceTitle } from '../services';
import { oneLine } from '../text';

/** A container that took more memory than it may have. */
export const outOfMemory: Fault = {
  code: 'TARS7304',
  title: 'a container that was killed for want of memory',
  why: 'What it was doing is lost. It is started again and fails again, unless the load was an exception.',
  kubernetes: (snapshot) =>
    liveContainers(snapshot).flatMap((container) => {
      const end = lastEnd(container, snapshot.now);
      const { pod, owner, component, spec } = container;
      const isKilled = end?.reason === 'OOMKilled' || /OOM-killed|memory limit too low/.test(end?.message ?? '');
      if (end === undefined || !isKilled) return [];
      const limit = spec.resources?.limits?.['memory'];
      return [
        {
          object: owner,
          rank: 'cause' as const,
          components: isReady(pod) ? [] : [component],
          message: `container ${spec.name} takes more memory than its limit of ${limit ?? 'the node'}`,
          evidence: [
            `${titleOf(pod)}: ${end.reason ?? ''}, exit code ${end.exitCode}, ${container.status.restartCount ?? 0} restarts`,
            ...(end.reason === 'OOMKilled' ? [] : [oneLine(end.message)]),
          ],
          cause: 'the limit is too low for what it does, or it leaks',
          remedies: [
            kubectl(snapshot, `set resources ${lower(owner)} -c ${spec.name} --limits=memory=${twice(limit)}`),
            '# and for good: resources.memoryLimit in main.ts, tars check, tars synth',
          ],
        },
      ];
    }),
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(
        ({ container }) =>
          container.oomKilled && (!isServing(container) || snapshot.now - container.finishedAt < RECENT_MS),
      )
      .map(({ expected, container }) => ({
        object: serviceTitle(expected.name),
        rank: 'cause',
        components: isServing(container) ? [] : [expected.component],
        message: `it takes more memory than its limit of ${Math.round(container.memoryLimit / 2 ** 20)}M`,
        evidence: [
          `${container.name}: OOMKilled, exit code ${container.exitCode}, ${container.restartCount} restarts, ${container.status}`,
        ],
        cause: 'the limit is too low for what it does, or it leaks',
        remedies: [
          '# raise resources.memoryLimit in main.ts',
          'tars synth',
          compose(snapshot, `up -d ${expected.name}`),
        ],
      })),
};

function twice(limit: string | undefined): string {
  const [, number, unit] = /^(\d+)(\w*)$/.exec(limit ?? '') ?? [];
  return number === undefined ? '1Gi' : `${Number(number) * 2}${unit ?? ''}`;
}
