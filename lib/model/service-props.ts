import type { Endpoint } from './endpoint';
import type { EnvValue } from './value';

/** One port that a service listens on. */
export interface PortProps {
  /** Name, a DNS label of at most 15 characters: what links and probes refer to. */
  readonly name: string;
  /** Number in the container, 1 to 65535. */
  readonly port: number;
  /**
   * Transport protocol.
   * @default "TCP"
   */
  readonly protocol?: 'TCP' | 'UDP';
  /**
   * Port on the host that Compose publishes it at.
   * @default - not published
   */
  readonly publish?: number;
  /**
   * Who publishes it on Compose: the service's own container, or the gateway in front of all its
   * replicas, so that `--scale` finds no port taken.
   * @default "service"
   */
  readonly publishVia?: 'service' | 'gateway';
  /**
   * Address on the host that Compose binds to.
   * @default "127.0.0.1"
   */
  readonly publishAddress?: string;
}

/** One check. Exactly one of `httpPath`, `command` and `tcp` says what is asked. */
export interface ProbeProps {
  /**
   * Path of a GET request that must be answered with 2xx or 3xx.
   * @default - see `command` and `tcp`
   */
  readonly httpPath?: string;
  /**
   * Command that must exit with 0, in exec form.
   * @default - see `httpPath` and `tcp`
   */
  readonly command?: readonly string[];
  /**
   * Ask for a TCP connection.
   * @default false
   */
  readonly tcp?: boolean;
  /**
   * Name of the port that is asked.
   * @default - the service's first port
   */
  readonly port?: string;
  /**
   * Seconds before the first check.
   * @default 0
   */
  readonly initialDelaySeconds?: number;
  /**
   * Seconds between checks.
   * @default 10
   */
  readonly periodSeconds?: number;
  /**
   * Seconds that an answer may take.
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Failures in a row that count.
   * @default 3
   */
  readonly failureThreshold?: number;
}

/** The checks of a service, said once for both targets. */
export interface HealthProps {
  /**
   * Until it passes, no other check counts.
   * @default - none
   */
  readonly startup?: ProbeProps;
  /**
   * While it fails, no request is sent to the replica.
   * @default - none
   */
  readonly readiness?: ProbeProps;
  /**
   * When it fails, the container is restarted (Kubernetes).
   * @default - none
   */
  readonly liveness?: ProbeProps;
  /**
   * Compose's health check, where the image has another client than a kubelet.
   * @default - the readiness check
   */
  readonly compose?: ProbeProps;
}

/** What one replica may use. */
export interface ResourcesProps {
  /** CPU that is kept for it, e.g. "500m" or "2". @default "100m" */
  readonly cpuRequest?: string;
  /** CPU that it gets at most. @default - the larger of 500m and the request */
  readonly cpuLimit?: string;
  /** Memory that is kept for it, e.g. "512Mi". @default "128Mi" */
  readonly memoryRequest?: string;
  /** Memory at which it is killed. @default - the larger of 512Mi and the request */
  readonly memoryLimit?: string;
  /** Local disk that is kept for it. @default "64Mi" */
  readonly ephemeralStorageRequest?: string;
  /** Local disk at which it is evicted. @default - the larger of 1Gi and the request */
  readonly ephemeralStorageLimit?: string;
}

/** A place for files. */
export interface VolumeProps {
  /** Name, a DNS label. */
  readonly name: string;
  /** Absolute path in the container. */
  readonly mountPath: string;
  /**
   * `claim`: persistent; `scratch`: lives as long as the pod; `memory`: the same, in memory.
   * @default "claim"
   */
  readonly kind?: 'claim' | 'scratch' | 'memory';
  /** Size, e.g. "10Gi". @default - "1Gi" for claims, "64Mi" otherwise */
  readonly size?: string;
  /** Whether one node or several can attach it. @default "ReadWriteOnce" */
  readonly accessMode?: 'ReadWriteOnce' | 'ReadWriteMany';
  /** StorageClass of the claim. @default - the cluster's default StorageClass */
  readonly storageClass?: string;
  /**
   * One claim for all replicas, one for each, or one that exists already (`claimName`).
   * @default - "replica" for a StatefulSet, else "service"
   */
  readonly per?: 'service' | 'replica' | 'existing';
  /** Name of the claim, or of the claim template. @default - `<prefix>-<service>-<name>` for one of all replicas, `<name>` for one each */
  readonly claimName?: string;
  /** Path in the container on Compose, where it has to differ. @default - the same as mountPath */
  readonly composeMountPath?: string;
  /**
   * A named volume on Compose, for scratch that should outlive the container there.
   * @default false
   */
  readonly keepOnCompose?: boolean;
}

/** A configuration file that the service reads. */
export interface FileProps {
  /** Absolute path in the container. */
  readonly path: string;
  /** Its content: a text, with endpoints in it if need be. No secrets. */
  readonly content: EnvValue;
}

/** Whom the processes run as. */
export interface RunAsProps {
  /** Numeric user id: a kubelet refuses names under runAsNonRoot. @default 1000 */
  readonly uid?: number;
  /** Numeric group id. @default - the same as uid */
  readonly gid?: number;
  /** Whether the root file system is read-only; what the process writes needs a volume then. @default true */
  readonly readOnlyRoot?: boolean;
  /** `uid:gid` on Compose, where it has to differ. @default - `<uid>:<gid>` */
  readonly composeUser?: string;
  /** Client for HTTP checks that is known to be in the image. @default "none" */
  readonly httpClient?: 'wget' | 'curl' | 'python' | 'node' | 'none';
}

/** A scaling policy. */
export interface AutoscalingProps {
  /** Replicas at least. @default 2 */
  readonly minReplicas?: number;
  /** Replicas at most. @default 10 */
  readonly maxReplicas?: number;
  /** Percent of the CPU request; 0 switches the metric off. @default 60 */
  readonly cpuTarget?: number;
  /** Percent of the memory limit; 0 switches the metric off. @default 80 */
  readonly memoryTarget?: number;
  /** CPU utilization, in percent, above which replicas are added. @default 80 */
  readonly scaleUpThreshold?: number;
  /** CPU utilization, in percent, below which replicas are removed. @default 30 */
  readonly scaleDownThreshold?: number;
  /** Seconds between two replicas that are added. @default 60 */
  readonly scaleUpCooldownSecs?: number;
  /** Seconds of less load before a replica is removed, and between two. @default 300 */
  readonly scaleDownCooldownSecs?: number;
  /** Requests per second of one replica; needs `metricsAdapter`. 0 switches the metric off. @default 0 */
  readonly rpsTarget?: number;
  /** Name under which the adapter serves the requests per second of a pod. @default "http_requests_per_second" */
  readonly rpsMetric?: string;
  /** Other metrics; they need `metricsAdapter`. @default - none */
  readonly customMetrics?: readonly CustomMetricProps[];
  /**
   * What serves metrics of that kind in your cluster. It has to be there: a metric that nobody serves
   * keeps the autoscaler from ever removing a replica.
   * @default - nothing, and such metrics are refused
   */
  readonly metricsAdapter?: 'prometheus-adapter' | 'other';
  /** Seconds over which a metric is averaged; no autoscaler of Kubernetes does it. @default - as it comes */
  readonly metricAggregationWindowSecs?: number;
}

/** A metric that an adapter serves. */
export interface CustomMetricProps {
  /** Its name, as the adapter serves it. */
  readonly name: string;
  /** `pods`: each pod has it; `external`: it is of nothing in the cluster; `object`: see `object`. @default "pods" */
  readonly type?: 'pods' | 'object' | 'external';
  /** What it should be: the average over the pods, or the value of the object. A quantity, e.g. "30" or "500m". */
  readonly target: string;
  /** The object that it is of, with type "object". @default - none */
  readonly object?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Labels that select it among those of its name. @default - none */
  readonly labels?: { readonly [key: string]: string };
}

/** A command that runs to its end. */
export interface TaskProps {
  /** Command in exec form. */
  readonly command: readonly string[];
  /** Variables beside the service's own. @default - none */
  readonly env?: { readonly [name: string]: EnvValue };
  /** What it may use. @default - see ResourcesProps */
  readonly resources?: ResourcesProps;
}

/** A task beside the migration, with what it may touch. */
export interface NamedTaskProps extends TaskProps {
  /** Name, a DNS label: part of the Job's name. */
  readonly name: string;
  /** Whether Compose starts the service only after it succeeded. @default false */
  readonly blocksStart?: boolean;
  /** Whether it may open connections to the internet. @default false */
  readonly internet?: boolean;
  /** Names of the service's volumes that it mounts as well. @default - none */
  readonly volumes?: readonly string[];
}

/** What differs while the code is being worked on, on Compose. */
export interface DevelopmentProps {
  /** Target of the Dockerfile. @default - the last one */
  readonly target?: string;
  /** Command in exec form. @default - as in production */
  readonly command?: readonly string[];
  /** Variables beside the service's own. @default - none */
  readonly env?: { readonly [name: string]: EnvValue };
  /** Directories of the build context → absolute paths in the container. @default - none */
  readonly sources?: { readonly [from: string]: string };
  /** A development server may need more memory. @default - as in production */
  readonly memoryLimit?: string;
}

/** One GPU switch for both targets. */
export interface GpuProps {
  /** Whole GPUs that one replica gets. @default 1 */
  readonly count?: number;
  /** RuntimeClass of the pods (Kubernetes). @default - the cluster's default runtime */
  readonly runtimeClassName?: string;
  /** Taints of GPU nodes to tolerate. @default ["nvidia.com/gpu"] */
  readonly tolerationKeys?: readonly string[];
}

/** The Kubernetes Service in front of the pods. */
export interface AccessProps {
  /** What stands in front of the pods: nothing, one stable address, a name for each pod, or a load balancer. @default - "cluster-ip", or "none" without ports */
  readonly kind?: 'none' | 'cluster-ip' | 'headless' | 'load-balancer';
  /** A headless Service `<name>-headless` beside it, for per-pod names and scraping. @default - true for a StatefulSet, else false */
  readonly headlessBeside?: boolean;
  /** The same client gets the same replica. @default false */
  readonly sessionAffinity?: boolean;
  /** Who may reach a load balancer. @default - anybody */
  readonly allowedCidrs?: readonly string[];
  /** Needs kubernetesVersion 1.31. @default - evenly */
  readonly trafficDistribution?: 'PreferClose';
  /**
   * How the replica for a request is chosen: by the gateway on Compose, and as far as a Service can on Kubernetes.
   * @default - the least busy replica on Compose, a random one for each connection on Kubernetes
   */
  readonly balancing?: 'round-robin' | 'least-connections' | 'random' | 'ip-hash';
}

/** Somebody who may connect although no link of this system says so. At least one property is given. */
export interface PeerProps {
  /** Labels of the pods. @default - all pods of the namespace */
  readonly podLabels?: { readonly [key: string]: string };
  /** Namespace of the pods. @default - the service's own */
  readonly namespace?: string;
  /** Addresses outside the cluster, in place of pods. @default - none */
  readonly cidr?: string;
  /** Name of the port. @default - all ports */
  readonly port?: string;
}

/** Database connections, for the proof that they suffice. */
export interface ConnectionsProps {
  /** Connections that one replica opens at most: workers × pool size. @default 0 */
  readonly opensPerReplica?: number;
  /** The database. @default - none */
  readonly to?: Endpoint;
  /** What this service admits, if it is a database. @default - not a database */
  readonly admits?: number;
}

/** Last changes to what is emitted. */
export interface OverridesProps {
  /** JSON merge patch (RFC 7386) on the workload object. @default - none */
  readonly kubernetes?: { readonly [key: string]: unknown };
  /** JSON merge patch (RFC 7386) on the compose service. @default - none */
  readonly compose?: { readonly [key: string]: unknown };
}

/** What one service is, on both targets. Exactly one of `image` and `build` is given. */
export interface ServiceProps {
  /** Name of the component. @default - the construct's id */
  readonly name?: string;
  /** Name on Compose, where it has to differ. @default - name */
  readonly composeName?: string;
  /** Image with an exact tag. @default - see `build` */
  readonly image?: string;
  /** Image that the project builds. @default - see `image` */
  readonly build?: BuildProps;
  /** When the image is pulled. @default "IfNotPresent" */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Compose profiles that switch the service on. @default - always on */
  readonly profiles?: readonly string[];
  /** Replaces the image's ENTRYPOINT. @default - the image's */
  readonly entrypoint?: readonly string[];
  /** Replaces the image's CMD. @default - the image's */
  readonly command?: readonly string[];
  /** Environment variables. An endpoint in a value is a link. @default - none */
  readonly env?: { readonly [name: string]: EnvValue };
  /** Name of a ConfigMap for the plain variables. @default - they stand in the pod template */
  readonly configMapName?: string;
  /** Configuration files. @default - none */
  readonly files?: readonly FileProps[];
  /** Ports that it listens on; the first is its endpoint. @default - none */
  readonly ports?: readonly PortProps[];
  /** How it is asked whether it is well. @default - none */
  readonly health?: HealthProps;
  /** What one replica may use. @default - see ResourcesProps */
  readonly resources?: ResourcesProps;
  /** Where it keeps files. @default - none */
  readonly volumes?: readonly VolumeProps[];
  /** Whom its processes run as, and what they may write to. @default - uid 1000, read-only root */
  readonly runAs?: RunAsProps;
  /** What kind of thing runs. @default "deployment" */
  readonly workload?: 'deployment' | 'stateful-set' | 'cron-job';
  /** Replicas without autoscaling. @default 1 */
  readonly replicas?: number;
  /** Replicas by load, in place of `replicas`. @default - none */
  readonly autoscaling?: AutoscalingProps;
  /** `Recreate` stops the old version first. @default "RollingUpdate" */
  readonly strategy?: 'RollingUpdate' | 'Recreate';
  /** Cron schedule of a cron-job, five fields. @default - none */
  readonly schedule?: string;
  /** Time zone of the schedule; needs kubernetesVersion 1.27. @default - the controller's */
  readonly timeZone?: string;
  /** Signal that Compose sends. @default - the image's */
  readonly stopSignal?: string;
  /** Seconds between the signal and the kill. @default 30 */
  readonly graceSeconds?: number;
  /** Seconds that a replica serves on while it is taken out of the Service. @default - 5 with ports in a Deployment, else 0 */
  readonly preStopSeconds?: number;
  /** The Kubernetes Service in front of it. @default - see AccessProps */
  readonly access?: AccessProps;
  /** Links that no environment value expresses. @default - none */
  readonly connectTo?: readonly Endpoint[];
  /** Who else may connect, e.g. pods that were not made with this library. @default - nobody */
  readonly allowFrom?: readonly PeerProps[];
  /** Whether the service may open connections to the internet, port 443. @default false */
  readonly internet?: boolean;
  /** Name of the port where Prometheus scrapes. @default - not scraped */
  readonly metricsPort?: string;
  /** Path where Prometheus scrapes. @default "/metrics" */
  readonly metricsPath?: string;
  /** Runs once before a new version serves. @default - none */
  readonly migrate?: TaskProps;
  /** Other commands that run once for each version. @default - none */
  readonly tasks?: readonly NamedTaskProps[];
  /** What differs while the code is being worked on (Compose). @default - none */
  readonly development?: DevelopmentProps;
  /** GPUs for each replica. @default - none */
  readonly gpu?: GpuProps;
  /** Database connections that it opens or admits. @default - none */
  readonly connections?: ConnectionsProps;
  /** Last changes to what is emitted. @default - none */
  readonly override?: OverridesProps;
}

/** How an image is built. */
export interface BuildProps {
  /** `python`: requirements.txt in a virtual environment; `node-static`: a page built by npm, served by a small server. */
  readonly kind: 'python' | 'node-static';
  /** Name of the image, without registry and tag. */
  readonly repository: string;
  /** Build context, relative to the project's root. */
  readonly context: string;
  /** Name of the Dockerfile under docker/. @default - `<name>.Dockerfile` */
  readonly dockerfile?: string;
  /** Command of the production image. @default - by kind */
  readonly command?: readonly string[];
  /** Ports named by EXPOSE. @default - the service's ports */
  readonly expose?: readonly number[];
  /** Name of the image's user. @default "app" */
  readonly userName?: string;
}
