import type { AutoscalingProps, GpuProps } from '../model/service-props';
import type { TlsProps } from './exposure';
import type { GuardRailsProps } from './guard-rails';
import type { DnsSettings, ImageSettings, SecretSettings } from './settings';

/** The TARS stack: what can be chosen about it. Everything has a default that works. */
export interface TarsChartProps {
  /** Namespace of all objects. @default "tars" */
  readonly namespace?: string;
  /**
   * Whether the Namespace object is made here. Without it `kubectl delete -f dist` leaves the
   * namespace alone, and with it the claims of the StatefulSets and their data.
   * @default true
   */
  readonly createNamespace?: boolean;
  /** `omit`: nothing that needs rights outside the namespace. @default "create" */
  readonly clusterScoped?: 'create' | 'omit';
  /** Version of the API server that the output is for, "1.25" to "1.37". @default "1.25" */
  readonly kubernetesVersion?: string;
  /** What the compose file is for. @default "development" */
  readonly environment?: 'development' | 'production';
  /** Where the images that the project builds go. @default - no registry */
  readonly images?: ImageSettings;
  /** Where the Secret's values come from. @default - made on this machine */
  readonly secrets?: SecretSettings;
  /** The cluster's DNS. @default - kube-dns in kube-system */
  readonly dns?: DnsSettings;
  /** Namespaces whose pods may scrape metrics. @default - none but the system's own Prometheus */
  readonly monitoringNamespaces?: readonly string[];

  /** Whether the backend's replicas follow its load. @default true */
  readonly autoscaling?: boolean;
  /** Bounds and thresholds of the autoscaler. @default - 3 to 10 replicas at 60 % CPU */
  readonly autoscalingPolicy?: AutoscalingProps;
  /** Replicas of the backend without autoscaling. @default 3 */
  readonly replicas?: number;

  /** How requests from outside get in, besides the backend's own Service. @default "ingress" */
  readonly exposure?: 'ingress' | 'gateway' | 'none';
  /** Class of the Ingress or the Gateway. @default "nginx" */
  readonly ingressClass?: string;
  /** How requests from outside are spread over replicas. @default - as the controller does it; on Compose the least busy */
  readonly balancing?: 'round-robin' | 'least-connections' | 'random' | 'ip-hash';
  /** Namespaces of the controller's pods. @default - by class */
  readonly controllerNamespaces?: readonly string[];
  /** Host name of the API. @default "api.tars.local" */
  readonly apiHost?: string;
  /** Host name of the page. @default "tars.local" */
  readonly webHost?: string;
  /** Where the certificate of both hosts comes from. @default - an existing Secret tars-tls-cert */
  readonly tls?: TlsProps;
  /** Service of the backend. @default "load-balancer" */
  readonly backendAccess?: 'load-balancer' | 'cluster-ip';
  /** Who may reach the load balancer. @default - anybody */
  readonly allowedCidrs?: readonly string[];

  /** Access mode of the backend's data and models. @default "ReadWriteOnce" */
  readonly storageAccessMode?: 'ReadWriteOnce' | 'ReadWriteMany';
  /** StorageClass of every claim. @default - the cluster's default StorageClass */
  readonly storageClass?: string;

  /** Models that Ollama pulls. @default - none */
  readonly models?: readonly string[];
  /** GPU for Ollama. @default - CPU only */
  readonly gpu?: GpuProps;
  /** Host of an Ollama that runs elsewhere. @default - one of our own */
  readonly ollamaHost?: string;
  /** Port of the Ollama that runs elsewhere. @default 11434 */
  readonly ollamaPort?: number;

  /** A page to look into the database. @default true */
  readonly adminer?: boolean;
  /** Prometheus and Grafana. @default true */
  readonly monitoring?: boolean;
  /** Numbers of the namespace's quota. @default - computed */
  readonly quota?: GuardRailsProps;
  /**
   * Whether the API server itself refuses later edits that break what was proved, by policies for this
   * namespace. Needs kubernetesVersion 1.30, and rights outside the namespace.
   * @default false
   */
  readonly admissionPolicies?: boolean;
  /**
   * Whether to make a Role with exactly the rights that `tars status`, `logs`, `scale` and the other commands
   * for a running system need. Bind it to whoever is on call.
   * @default false
   */
  readonly oncallRole?: boolean;
}

/** Every property of the chart: what is not here is misspelt. */
export const TARS_CHART_KEYS = {
  namespace: true,
  createNamespace: true,
  clusterScoped: true,
  kubernetesVersion: true,
  environment: true,
  images: true,
  secrets: true,
  dns: true,
  monitoringNamespaces: true,
  autoscaling: true,
  autoscalingPolicy: true,
  replicas: true,
  exposure: true,
  ingressClass: true,
  balancing: true,
  controllerNamespaces: true,
  apiHost: true,
  webHost: true,
  tls: true,
  backendAccess: true,
  allowedCidrs: true,
  storageAccessMode: true,
  storageClass: true,
  models: true,
  gpu: true,
  ollamaHost: true,
  ollamaPort: true,
  adminer: true,
  monitoring: true,
  quota: true,
  admissionPolicies: true,
  oncallRole: true,
} as const satisfies Record<keyof TarsChartProps, true>;
