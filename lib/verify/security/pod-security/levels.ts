import type { JsonObject } from '../../emitted';
import { containersOf } from '../../pods';
import { BASELINE } from './baseline';
import type { Level, PodSecurityCheck, Violation } from './check';
import { RESTRICTED } from './restricted';

/** The controls of a level, in a version of the policy. */
export function controlsOf(level: Level, minor: number): readonly PodSecurityCheck[] {
  const exists = ({ since = 0 }: PodSecurityCheck): boolean => minor >= since;
  const baseline = BASELINE.filter(exists);
  if (level === 'baseline') return baseline;
  const restricted = RESTRICTED.filter(exists);
  const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...restricted];
}

/**
 * What of a pod the level forbids, as the server's own admission decides it.
 * @param spec the pod's spec; paths of the result are relative to it
 * @param minor minor version of the policy, which `latest` makes that of the server
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityViolations(
  spec: JsonObject,
  annotations: Readonly<Record<string, string>>,
  level: Level,
  minor: number,
): readonly (Violation & { readonly id: string })[] {
  const subject = { spec, annotations, minor, containers: containersOf({ spec, path: [] }) };
  return controlsOf(level, minor).flatMap(({ id, check }) => check(subject).map((violation) => ({ ...violation, id })));
}
