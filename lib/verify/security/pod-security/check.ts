import type { JsonObject } from '../../emitted';
import type { PodContainer } from '../../pods';
import type { Keys } from '../../read';

/** The two levels that forbid something. */
export type Level = 'baseline' | 'restricted';

/** The pod as the checks see it. */
export interface PodSubject {
  readonly spec: JsonObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** Init and ephemeral containers included; paths are relative to the pod's spec. */
  readonly containers: readonly PodContainer[];
  /** Minor version of the policy, e.g. 25. */
  readonly minor: number;
}

/** One thing that a level forbids. */
export interface Violation {
  /** Keys from the pod's spec to the field. */
  readonly keys: Keys;
  readonly message: string;
  readonly allowed: string;
}

/** One control of the Pod Security Standards, named as Kubernetes names it. */
export interface PodSecurityCheck {
  readonly id: string;
  readonly level: Level;
  /** First minor version of the policy that has it. */
  readonly since?: number;
  /** Controls of the lower level that this one takes the place of. */
  readonly overrides?: readonly string[];
  readonly check: (pod: PodSubject) => readonly Violation[];
}
