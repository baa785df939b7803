import type { ReplicaTarget } from './replica-target';

/** Who of this process has which workload of a target. */
const CLAIMS = new WeakMap<ReplicaTarget, Map<string, object>>();

/** Whether `holder` has the workload of this target, of all in this process. */
export function claim(target: ReplicaTarget, name: string, holder: object): boolean {
  const claims = CLAIMS.get(target) ?? new Map<string, object>();
  CLAIMS.set(target, claims);
  const other = claims.get(name);
  if (other !== undefined && other !== holder) return false;
  claims.set(name, holder);
  return true;
}

/** Whoever has it has it no longer. */
export function unclaim(target: ReplicaTarget, name: string): void {
  CLAIMS.get(target)?.delete(name);
}
