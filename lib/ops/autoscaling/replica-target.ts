import type { ReplicaObservation } from './threshold-engine';

/** What an AutoScaler scales. */
export interface ReplicaTarget {
  /** Who else decides about the replicas, such as `HorizontalPodAutoscaler tars-backend`; undefined: nobody. */
  readonly managedBy: (name: string, signal?: AbortSignal) => Promise<string | undefined>;
  readonly read: (name: string, signal?: AbortSignal) => Promise<ReplicaObservation>;
  /** Sets the replicas, if they are still what they were. */
  readonly write: (name: string, from: number, to: number, signal?: AbortSignal) => Promise<void>;
}
