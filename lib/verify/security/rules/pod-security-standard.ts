import { fieldPath } from '../../object-path';
import type { PodTemplate } from '../../pods';
import { nameOf, objectOf, textOf } from '../../read';
import { show } from '../../../model/issues';
import type { Finding, SecurityCheck, SecuritySubject } from '../check';
import { podSecurityViolations } from '../pod-security/levels';

/** Pods keep the level "restricted" of the Pod Security Standards, init containers and Jobs included. */
export const podSecurityStandard: SecurityCheck = {
  code: 'TARS6501',
  severity: 'error',
  title: 'a pod that the Pod Security Standard "restricted" forbids',
  why: 'A namespace that enforces the standard refuses the pod: its workload is taken, and never gets one. Where nothing enforces it, a process that was taken over can reach the node.',
  remedy: 'set the field to what is said under "allowed"',
  alsoIn: ['Pod Security Admission', 'kube-score container-security-context-*', 'trivy KSV-0001 to KSV-0025'],
  find: (subject) => subject.templates.flatMap((template) => violations(template, subject)),
};

function violations(template: PodTemplate, { ofKind, minor }: SecuritySubject): Finding[] {
  const { owner, spec, annotations, namespace, path } = template;
  const space = ofKind('Namespace').find((object) => nameOf(object) === namespace);
  const labels = objectOf(objectOf(space?.['metadata'])['labels']);
  // What stands in a namespace of somebody else is refused there, or not: a warning.
  const enforced = textOf(labels['pod-security.kubernetes.io/enforce']);
  const version = policyMinor(textOf(labels['pod-security.kubernetes.io/enforce-version']), minor);
  const refused =
    enforced === 'restricted' || enforced === 'baseline'
      ? podSecurityViolations(spec, annotations, enforced, version)
      : [];
  const isRefused = refused.length > 0;
  return podSecurityViolations(spec, annotations, 'restricted', version).map(
    ({ keys, message, allowed, id }): Finding => ({
      path: fieldPath(owner.object, [...path, ...keys]),
      message: `${message} (${id})`,
      given: show(keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec)),
      allowed,
      severity: isRefused ? 'error' : 'warning',
    }),
  );
}

/** `v1.28` → 28; the server's own version for `latest`, and for one that it does not know yet. */
function policyMinor(version: string | undefined, minor: number): number {
  const named = /^v1\.(\d+)$/.exec(version ?? '')?.[1];
  return named === undefined ? minor : Math.min(Number(named), minor);
}
