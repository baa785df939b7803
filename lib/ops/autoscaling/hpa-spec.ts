/** What a HorizontalPodAutoscaler is asked for, its quantities read: the defaults of the API server are `hpaSpec`'s. */
export interface HpaSpec {
  /** 0 is possible with an Object or External metric. @default 1 */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** At least one. */
  readonly metrics: readonly HpaMetric[];
  /** Without it the controller limits the rate in its old way: to double, or to 4. */
  readonly behavior?: HpaBehavior;
}

/** One metric of the list. Amounts are in thousandths, as the controller counts: 500m of CPU is 500. */
export type HpaMetric = ResourceMetric | PodsMetric | ObjectMetric | ExternalMetric;

/** CPU or memory of the pods, or of one container in each of them. */
export interface ResourceMetric {
  readonly type: 'Resource' | 'ContainerResource';
  readonly resource: string;
  /** Of a ContainerResource. */
  readonly container?: string;
  /** Percent of what is requested, or thousandths of the resource for each pod. */
  readonly target: { readonly averageUtilization: number } | { readonly averageValueMilli: number };
}

/** A value of each pod, from an adapter. */
export interface PodsMetric {
  readonly type: 'Pods';
  readonly name: string;
  readonly averageValueMilli: number;
}

/** A value of another object. */
export interface ObjectMetric {
  readonly type: 'Object';
  readonly name: string;
  /** Kind of the object. */
  readonly kind: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly target: AmountTarget;
}

/** Values from outside the cluster, added up. */
export interface ExternalMetric {
  readonly type: 'External';
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly target: AmountTarget;
}

/** Of all together, or for each replica; thousandths. */
export type AmountTarget = { readonly valueMilli: number } | { readonly averageValueMilli: number };

/** How fast it may go, in each direction. */
export interface HpaBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** The rules of one direction. */
export interface ScalingRules {
  /** Seconds, 0 to 3600. @default up 0; down what the controller is told, 300 if nothing */
  readonly stabilizationWindowSeconds?: number;
  /** Which of the policies counts: that of the largest change, of the smallest, or no change at all. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly RatePolicy[];
  /** How far the ratio may be off, as a fraction. @default the controller's */
  readonly tolerance?: number;
}

/** At most so many pods, or so many percent, in so many seconds. */
export interface RatePolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  /** 1 to 1800. */
  readonly periodSeconds: number;
}

/** The flags of kube-controller-manager that decide. */
export interface ControllerSettings {
  /** --horizontal-pod-autoscaler-tolerance. @default 0.1 */
  readonly tolerance: number;
  /** --horizontal-pod-autoscaler-downscale-stabilization, in seconds; for a spec that names no window. @default 300 */
  readonly downscaleStabilizationSeconds: number;
  /** --horizontal-pod-autoscaler-cpu-initialization-period, in seconds. @default 300 */
  readonly cpuInitializationSeconds: number;
  /** --horizontal-pod-autoscaler-initial-readiness-delay, in seconds. @default 30 */
  readonly initialReadinessDelaySeconds: number;
}

/** Those of a controller that was told nothing. */
export const CONTROLLER_DEFAULTS: ControllerSettings = {
  tolerance: 0.1,
  downscaleStabilizationSeconds: 300,
  cpuInitializationSeconds: 300,
  initialReadinessDelaySeconds: 30,
};

/** What the API server writes where a behavior says nothing. */
export const BEHAVIOR_DEFAULTS: HpaBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
};
