import type { PullPolicy } from './service-spec';

/** What holds for the whole system. */
export interface Settings {
  /** Minor version of the Kubernetes API server that the output is for: 25 stands for 1.25. */
  readonly kubernetesMinor: number;
  /** What the compose file is for (decision D15). */
  readonly environment: 'development' | 'production';
  /** Where the images that the project builds go. */
  readonly images: {
    readonly registry: string | undefined;
    readonly tag: string;
    readonly pullPolicy: PullPolicy;
    readonly pullSecret: string | undefined;
  };
  readonly network: {
    /** Namespaces whose pods may scrape metrics, besides our own Prometheus. */
    readonly monitoringNamespaces: readonly string[];
    readonly dns: {
      readonly namespace: string;
      readonly podLabels: Readonly<Record<string, string>>;
      /** Address ranges of node-local caches, which are no pods. */
      readonly cidrs: readonly string[];
      readonly ports: readonly number[];
    };
  };
  readonly secrets: SecretSource;
  /** Directory of the compose files, relative to the project's root. */
  readonly composeProject: string;
  /** Directory of the secrets, relative to the project's root. Never committed. */
  readonly secretsDirectory: string;
}

/** Where the values of the system's own Secret come from (decision D2). */
export type SecretSource =
  | { readonly kind: 'generated' }
  | { readonly kind: 'existing'; readonly secretName: string }
  | {
      readonly kind: 'external';
      readonly storeName: string;
      readonly storeKind: 'SecretStore' | 'ClusterSecretStore';
      /** Key in the store; each property of it is one key of the Secret. */
      readonly remoteKey: string;
      readonly refreshInterval: string;
    };

/** How one secret's value is made when it is missing, and whether it may be empty. */
export interface SecretKeySpec {
  readonly key: string;
  readonly mayBeEmpty: boolean;
  /** Somebody puts it into a URL, so it may hold only unreserved characters. */
  readonly inUrl: boolean;
  /** Who asks for it, for messages: path of the first reader. */
  readonly readers: readonly string[];
}

/** One Kubernetes Secret of ours: the keys that the services of one chart read. */
export interface SecretSpec {
  readonly name: string;
  readonly chart: string;
  readonly prefix: string;
  readonly namespace: string | undefined;
  readonly keys: readonly SecretKeySpec[];
}

/** Something outside: a link like any other, without a workload. */
export interface ExternalSpec {
  readonly path: string;
  readonly chart: string;
  readonly name: string;
  readonly host: string;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
  /** Addresses that egress is allowed to. */
  readonly cidrs: readonly string[];
  /** Name of a service of the system that stands in for it on Compose. */
  readonly composeStandIn: string | undefined;
  /** Host as seen from a container on Compose. */
  readonly composeHost: string | undefined;
}

/** Quota and limits of a namespace; numbers that are undefined are computed from the model. */
export interface GuardRailsSpec {
  readonly path: string;
  readonly chart: string;
  readonly prefix: string;
  readonly namespace: string | undefined;
  readonly quota: {
    readonly cpuRequestMillis: number | undefined;
    readonly memoryRequestMiB: number | undefined;
    readonly cpuLimitMillis: number | undefined;
    readonly memoryLimitMiB: number | undefined;
    readonly pods: number | undefined;
  };
}
