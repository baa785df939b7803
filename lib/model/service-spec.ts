import type { ReplicaBalancing } from './balancing';
import type { Endpoint, WaitCondition } from './endpoint';
import type { TextValue, Value } from './value';

/** What a service runs: an image of somebody else's, or one that the project builds. */
export type Image =
  | { readonly kind: 'registry'; readonly reference: string; readonly pullPolicy: PullPolicy }
  | { readonly kind: 'build'; readonly repository: string; readonly build: Build };

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** How an image is built; each kind has a Dockerfile generator of its own under lib/docker. */
export interface Build {
  readonly kind: 'python' | 'node-static';
  /** Build context, relative to the project's root. */
  readonly context: string;
  /** Name of the Dockerfile under `docker/`. */
  readonly dockerfile: string;
  /** Command of the production image, in exec form. */
  readonly command: readonly string[];
  /** Ports named by EXPOSE. */
  readonly expose: readonly number[];
  /** Check of the image's HEALTHCHECK. */
  readonly healthCheck: Check;
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
  /** Directories that the runtime image has, owned by its user: volumes are mounted there. */
  readonly directories: readonly string[];
}

/** One port that the service listens on. */
export interface Port {
  readonly name: string;
  readonly number: number;
  readonly protocol: 'TCP' | 'UDP';
  /** What Compose publishes on the host, if anything. */
  readonly publish:
    { readonly hostPort: number; readonly via: 'service' | 'gateway'; readonly address: string } | undefined;
  /** Who may open it besides the clients that link to it. */
  readonly openTo: 'links' | 'load-balancer';
}

/** A question that says whether a service is well. */
export type Check =
  | { readonly kind: 'http'; readonly path: string; readonly port: string }
  | { readonly kind: 'tcp'; readonly port: string }
  | { readonly kind: 'exec'; readonly command: readonly string[] };

/** A check and its times, all in seconds. */
export interface Probe {
  readonly check: Check;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** The checks of a service. Compose has one health check: the readiness, after the startup's patience. */
export interface Health {
  readonly startup: Probe | undefined;
  readonly readiness: Probe | undefined;
  readonly liveness: Probe | undefined;
  readonly compose: Probe | undefined;
}

export interface Resources {
  readonly cpuRequestMillis: number;
  readonly cpuLimitMillis: number;
  readonly memoryRequestMiB: number;
  readonly memoryLimitMiB: number;
  readonly storageRequestMiB: number;
  readonly storageLimitMiB: number;
}

/** A place for files. */
export type Volume = ClaimVolume | ScratchVolume;

/** Persistent storage. */
export interface ClaimVolume {
  readonly kind: 'claim';
  readonly name: string;
  readonly mountPath: string;
  readonly sizeMiB: number;
  readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany';
  readonly storageClass: string | undefined;
  /** `service`: one claim for all replicas; `replica`: one each (StatefulSet); `existing`: made by somebody else. */
  readonly per: 'service' | 'replica' | 'existing';
  /** Name of the claim, or of the claim template. */
  readonly claimName: string;
  /** Where Compose mounts it, when that differs from Kubernetes. */
  readonly composeMountPath: string;
  /** Whether Compose mounts it at all. */
  readonly readOnly: boolean;
}

/** Storage that lives as long as the pod. */
export interface ScratchVolume {
  readonly kind: 'scratch';
  readonly name: string;
  readonly mountPath: string;
  readonly sizeMiB: number;
  readonly medium: 'disk' | 'memory';
  /** Compose: a tmpfs, or a named volume that outlives the container (logs, for instance). */
  readonly composeStorage: 'tmpfs' | 'volume';
}

/** A configuration file that the service reads. */
export interface ConfigFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: TextValue;
}

/** Whom the processes run as, and what they may write to. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly readOnlyRoot: boolean;
  /** `uid:gid` on Compose, where a volume at a path that the image lacks belongs to root. */
  readonly composeUser: string;
  /** Client for HTTP checks known to be in the image; `none`: the check has to be a command. */
  readonly httpClient: 'wget' | 'curl' | 'python' | 'node' | 'none';
}

/** How many replicas there are, said in one way only. */
export type Scale =
  { readonly kind: 'fixed'; readonly replicas: number } | { readonly kind: 'auto'; readonly policy: AutoscalingPolicy };

/** A scaling policy; see lib/policy for what becomes of it on each engine. */
export interface AutoscalingPolicy {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly AutoscalingMetric[];
  readonly scaleUpCooldownSecs: number;
  readonly scaleDownCooldownSecs: number;
  /** Seconds over which a metric is averaged; undefined: as the engine does it. */
  readonly metricAggregationWindowSecs: number | undefined;
}

export type AutoscalingMetric = ResourceMetric | RateMetric | CustomMetric;

/** What the kubelet measures. */
export interface ResourceMetric {
  readonly metricType: 'cpu' | 'memory';
  /** Percent of the request (cpu) or of the limit (memory). */
  readonly targetValue: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownThreshold: number;
}

/** Requests per second of one replica, which an adapter in the cluster has to serve. */
export interface RateMetric {
  readonly metricType: 'rps';
  readonly name: string;
  readonly targetValue: number;
}

/** Any other metric that an adapter in the cluster serves. */
export interface CustomMetric {
  readonly metricType: 'custom';
  readonly name: string;
  /** Whose metric it is: each pod's, one object's, or nothing of the cluster. */
  readonly of: 'pods' | 'external' | { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly labels: Readonly<Record<string, string>>;
  /** A quantity: the average over pods, or the value of the object. */
  readonly target: string;
}

/** What kind of thing runs. */
export type Workload =
  | {
      readonly kind: 'deployment';
      readonly scale: Scale;
      readonly strategy: 'RollingUpdate' | 'Recreate';
      readonly maxSurge: number;
      readonly maxUnavailable: number;
    }
  | { readonly kind: 'stateful-set'; readonly scale: Scale }
  | { readonly kind: 'cron-job'; readonly schedule: string; readonly timeZone: string | undefined };

export interface Stop {
  /** Signal that Compose sends; Kubernetes takes it from the image. */
  readonly signal: string | undefined;
  /** Seconds between the signal and the kill, the pre-stop pause included. */
  readonly graceSeconds: number;
  /** Seconds that a replica keeps serving while it is taken out of the Service. 0: no pause. */
  readonly preStopSeconds: number;
}

/** The Kubernetes Service in front of the pods. */
export interface Access {
  readonly kind: 'none' | 'cluster-ip' | 'headless' | 'load-balancer';
  /** Name of a headless Service beside the main one; undefined: none. */
  readonly headlessName: string | undefined;
  readonly sessionAffinity: boolean;
  readonly allowedCidrs: readonly string[];
  readonly trafficDistribution: 'PreferClose' | undefined;
  /** Undefined: as each target does it by itself. */
  readonly balancing: ReplicaBalancing | undefined;
}

/** A command that runs to its end: a migration before a version serves, or a model pull. */
export interface Task {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly EnvEntry[];
  /** Whether the service itself waits for it on Compose. */
  readonly blocksStart: boolean;
  readonly internet: boolean;
  /** Volumes of the service that the task mounts as well, by name. */
  readonly volumes: readonly string[];
  /** Links of the service that the task needs as well. */
  readonly sharesLinks: boolean;
  readonly resources: Resources;
  /** Compose: stay alive after the work, since `up --wait` takes an ended container for a failed one. */
  readonly staysOnCompose: boolean;
}

export interface EnvEntry {
  readonly name: string;
  readonly value: Value;
}

/** What is different while the code is being worked on (Compose, environment "development"). */
export interface Development {
  readonly target: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly env: readonly EnvEntry[];
  /** Source directories: relative to the build context → absolute in the container, read-only. */
  readonly sources: readonly { readonly from: string; readonly to: string }[];
  readonly memoryLimitMiB: number | undefined;
}

export interface Gpu {
  readonly count: number;
  readonly runtimeClassName: string | undefined;
  readonly tolerationKeys: readonly string[];
}

/** A link as seen from its client. */
export interface Link {
  readonly endpoint: Endpoint;
  readonly wait: WaitCondition | undefined;
}

/** Somebody who may connect although no link says so. */
export type Peer = { readonly port: string | undefined } & (
  | {
      readonly kind: 'pods';
      readonly podLabels: Readonly<Record<string, string>>;
      readonly namespace: string | undefined;
    }
  | { readonly kind: 'addresses'; readonly cidr: string }
);

/** Scraping: where Prometheus finds the service's metrics. */
export interface Metrics {
  readonly port: string;
  readonly path: string;
}

/** Database connections that the service opens, and those that it admits. */
export interface Connections {
  /** Per replica: workers × pool size; by service linked to. */
  readonly opensPerReplica: number;
  readonly to: Endpoint | undefined;
  /** max_connections of a database; undefined: not a database. */
  readonly admits: number | undefined;
}

/** Changes to what is emitted, made last; verify reads the patched output. */
export interface Overrides {
  /** RFC 7386 merge patch on the workload object. */
  readonly kubernetes: Readonly<Record<string, unknown>> | undefined;
  /** RFC 7386 merge patch on the compose service. */
  readonly compose: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Everything that is known about one service, frozen: the one source of both targets. A renderer
 * answers every field (`{ [K in keyof ServiceSpec]-?: … }`), so a field added here does not compile
 * until each target renders it or says that it cannot.
 */
export interface ServiceSpec {
  /** Construct path: unique in the app. */
  readonly path: string;
  /** Name of the component in its system. */
  readonly name: string;
  /** Construct path of the chart that it belongs to, and that chart's id, the prefix of all names. */
  readonly chart: string;
  readonly prefix: string;
  readonly namespace: string | undefined;
  readonly composeName: string;
  readonly profiles: readonly string[];
  readonly image: Image;
  /** Replaces the image's ENTRYPOINT; undefined: as the image says. */
  readonly entrypoint: readonly string[] | undefined;
  /** Replaces the image's CMD; undefined: as the image says. */
  readonly command: readonly string[] | undefined;
  readonly env: readonly EnvEntry[];
  /** Name of the ConfigMap that holds the plain variables; undefined: they stand in the pod. */
  readonly configMapName: string | undefined;
  readonly files: readonly ConfigFile[];
  readonly ports: readonly Port[];
  readonly health: Health;
  readonly resources: Resources;
  readonly volumes: readonly Volume[];
  readonly runAs: RunAs;
  readonly workload: Workload;
  readonly stop: Stop;
  readonly access: Access;
  readonly links: readonly Link[];
  readonly peers: readonly Peer[];
  readonly internet: boolean;
  readonly metrics: Metrics | undefined;
  readonly tasks: readonly Task[];
  readonly development: Development | undefined;
  readonly gpu: Gpu | undefined;
  readonly connections: Connections;
  readonly overrides: Overrides;
}
