import type { NodeAffinity } from './node-affinity';
import type { PodAffinity } from './pod-affinity';
import type { Labels } from '../label-requirement';
import type { Spreads } from './spread';
import type { Toleration } from './tolerations';

/** A port of the node that a pod takes for itself. */
export interface HostPort {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

/** A claim that a pod mounts. */
export interface PodClaim {
  /** Namespace and name. */
  readonly key: string;
  /** Undefined: a claim that is not in the manifests. */
  readonly accessModes: readonly string[] | undefined;
}

/** When in the life of the system a pod comes: with the first apply, by the autoscaler, or by an update. */
export type Stage = 'start' | 'scaled' | 'update';

/** A pod, as far as its place is concerned. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  /** E.g. `Deployment/tars-backend`. */
  readonly owner: string;
  readonly labels: Labels;
  readonly stage: Stage;
  readonly priority: number;
  /** What the scheduler keeps for it: CPU in thousandths, all else in whole units. */
  readonly requests: Readonly<Record<string, number>>;
  /** The same with the scheduler's guess for containers that ask for nothing; scores alone use it. */
  readonly guessed: { readonly cpu: number; readonly memory: number };
  readonly affinity: NodeAffinity;
  readonly tolerations: readonly Toleration[];
  readonly neighbours: PodAffinity;
  readonly spreads: Spreads;
  readonly hostPorts: readonly HostPort[];
  readonly claims: readonly PodClaim[];
  /** The node that a DaemonSet made it for. */
  readonly onlyOn: string | undefined;
  readonly isGated: boolean;
  /** Whether its update goes on without it, since an old pod may end first. */
  readonly canWait: boolean;
}
