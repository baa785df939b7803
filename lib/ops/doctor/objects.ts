/** Objects of the API server, as far as a diagnosis looks at them. Whatever is optional may be missing. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
}

export interface LiveObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: Meta;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: Reference; readonly configMapKeyRef?: Reference };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: Reference; readonly configMapRef?: Reference }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly imagePullSecrets?: readonly Reference[];
  readonly nodeName?: string;
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
    readonly configMap?: Reference;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

export interface Pod extends LiveObject {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Deployment, StatefulSet, ReplicaSet, Job. */
export interface Workload extends LiveObject {
  readonly spec: {
    readonly replicas?: number;
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
    readonly ordinals?: { readonly start?: number };
    readonly template: { readonly metadata?: Partial<Meta>; readonly spec: PodSpec };
  };
  readonly status?: {
    readonly replicas?: number;
    readonly updateRevision?: string;
    readonly active?: number;
    readonly succeeded?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface Event extends LiveObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

export interface Claim extends LiveObject {
  readonly spec: { readonly storageClassName?: string; readonly volumeName?: string };
  readonly status?: { readonly phase?: string };
}

export interface StorageClass extends LiveObject {
  readonly volumeBindingMode?: string;
}

export interface Service extends LiveObject {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: string | number;
    }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } };
}

export interface Autoscaler extends LiveObject {
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Ingress extends LiveObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
  };
}

export interface Gateway extends LiveObject {
  readonly spec: { readonly gatewayClassName?: string };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly listeners?: readonly { readonly name: string; readonly conditions?: readonly Condition[] }[];
  };
}

export interface HttpRoute extends LiveObject {
  readonly spec: {
    readonly parentRefs?: readonly { readonly kind?: string; readonly name: string; readonly namespace?: string }[];
  };
  readonly status?: { readonly parents?: readonly { readonly conditions?: readonly Condition[] }[] };
}

export interface Node extends LiveObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface NetworkPolicy extends LiveObject {
  readonly spec: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[];
  };
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface ConfigMap extends LiveObject {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly binaryData?: Readonly<Record<string, unknown>>;
}

/** What is known of each kind that is read. */
export interface Kinds {
  readonly Pod: Pod;
  readonly Event: Event;
  readonly Deployment: Workload;
  readonly StatefulSet: Workload;
  readonly Job: Workload;
  readonly PersistentVolumeClaim: Claim;
  readonly StorageClass: StorageClass;
  readonly Service: Service;
  readonly ConfigMap: ConfigMap;
  readonly HorizontalPodAutoscaler: Autoscaler;
  readonly ResourceQuota: LiveObject;
  readonly NetworkPolicy: NetworkPolicy;
  readonly Ingress: Ingress;
  readonly IngressClass: LiveObject;
  readonly Gateway: Gateway;
  readonly HTTPRoute: HttpRoute;
  readonly Node: Node;
}
