import type { ReplicaObservation } from './threshold-engine';

/** What an AutoScaler scales. */
export interface ReplicaTarget {
  /** Who else decides about the replicas, such as `HorizontalPodAutoscaler tars-backend`; undefined: nobody. */
  readonly managedBy: (name: string, signal?: AbortSignal) => Promise<string | undefined>;
  /**
   * Has the workload alone, or for longer; asked for at each check.
   * @throws ClusterError ManagedByAutoscaler while somebody else has it
   * @default nobody else can have it
   */
  readonly hold?: (name: string, signal?: AbortSignal) => Promise<void>;
  /** Lets others have the workload. @default nothing is to be given back */
  readonly release?: (name: string) => Promise<void>;
  readonly read: (name: string, signal?: AbortSignal) => Promise<ReplicaObservation>;
  /** Sets the replicas, if they are still what they were. */
  readonly write: (name: string, from: number, to: number, signal?: AbortSignal) => Promise<void>;
}
