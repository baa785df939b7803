/** What the controller sees in one round. Times are milliseconds since 1970, amounts thousandths. */
export interface Observation {
  /** The target's scale; undefined when it cannot be read. */
  readonly scale: ScaleObservation | undefined;
  readonly pods: readonly PodObservation[];
  /** One for each metric of the spec, in its order. */
  readonly readings: readonly MetricReading[];
}

/** The scale subresource of the target. */
export interface ScaleObservation {
  /** What is asked for. */
  readonly specReplicas: number;
  /** What is there. */
  readonly statusReplicas: number;
  /** `missing`: the target names no pods; `ambiguous`: another autoscaler has them as well. @default valid */
  readonly selector?: 'valid' | 'missing' | 'ambiguous';
}

/** A pod that the target's selector finds. */
export interface PodObservation {
  readonly name: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** Whether it is being deleted. */
  readonly deleting: boolean;
  /** Its condition Ready; undefined when it has none yet. */
  readonly ready: { readonly status: 'True' | 'False' | 'Unknown'; readonly since: number } | undefined;
  /** When it was taken up by a node. */
  readonly startTime: number | undefined;
  /** Its containers, and the init containers that stay. */
  readonly containers: readonly ContainerRequests[];
  /** So many pods that are alike in everything, and of which a metric's value is each one's. @default 1 */
  readonly count?: number;
}

/** What a container asks for, by resource. */
export interface ContainerRequests {
  readonly name: string;
  readonly requests: Readonly<Record<string, number>>;
}

/** What a metric said in this round. */
export type MetricReading =
  | { readonly kind: 'pods'; readonly values: ReadonlyMap<string, PodValue> }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | MissingReading;

/** Nobody served it. */
export interface MissingReading {
  readonly kind: 'missing';
  /** Why, for people. */
  readonly message: string;
}

/** A pod's own value, and the window it was measured over. */
export interface PodValue {
  readonly value: number;
  readonly timestamp: number;
  readonly windowMs: number;
}
