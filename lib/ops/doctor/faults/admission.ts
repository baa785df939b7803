import type { Fault } from '../finding';
import { reapply } from '../live';
import { oneLine } from '../text';
import { refusals } from './refusals';

/** Pods that the API server refuses for what they are. */
export const admission: Fault = {
  code: 'TARS7308',
  title: 'a pod that the API server refuses',
  why: 'The pods are not made, nothing in the list of pods says so, and the old ones go on, if there are any.',
  kubernetes: (snapshot) =>
    refusals(snapshot)
      .filter(({ message }) => !message.includes('exceeded quota'))
      .map(({ owner, component, message }) => ({
        object: owner,
        rank: 'cause',
        components: [component],
        message: 'the API server refuses its pods',
        evidence: [oneLine(message)],
        cause: causeOf(message),
        remedies: ['tars diff --against cluster', 'tars check', reapply(snapshot)],
      })),
};

function causeOf(message: string): string {
  const [, level] = /violates PodSecurity "([^"]+)"/.exec(message) ?? [];
  if (level !== undefined) return `the namespace admits pods of the level "${level}" only, and these ask for more`;
  if (/(maximum|minimum) .* usage per (Pod|Container)/.test(message))
    return 'the LimitRange of the namespace forbids it';
  if (/serviceaccount "?[\w./-]+"? not found/.test(message)) return 'its ServiceAccount does not exist';
  if (message.includes('admission webhook')) return 'an admission webhook refuses it, or does not answer';
  if (message.includes('ValidatingAdmissionPolicy')) return 'an admission policy refuses it';
  return 'see what the API server says';
}
