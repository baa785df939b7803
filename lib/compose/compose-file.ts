/**
 * The part of the Compose file that this library writes. `Text` is what a string field holds that
 * may refer to variables: an Interpolation while the file is being made, a string once it is done.
 * @see https://github.com/compose-spec/compose-spec/blob/main/spec.md
 */
export interface ComposeFile<Text = string> {
  /** Project name; the main file has it, the one for development does not. */
  readonly name?: string;
  readonly services: Readonly<Record<string, ComposeService<Text>>>;
  readonly networks?: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes?: Readonly<Record<string, ComposeVolume>>;
}

export interface ComposeService<Text = string> {
  readonly image?: string;
  readonly build?: ComposeBuild;
  readonly pull_policy?: 'always' | 'missing' | 'never';
  readonly profiles?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly init?: boolean;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, Text>>;
  readonly depends_on?: Readonly<Record<string, ComposeDependency>>;
  readonly healthcheck?: ComposeHealthcheck;
  readonly ports?: readonly ComposePort[];
  readonly networks?: readonly string[];
  readonly network_mode?: 'none';
  readonly extra_hosts?: readonly string[];
  readonly volumes?: readonly ComposeMount[];
  readonly tmpfs?: readonly string[];
  readonly shm_size?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly cpu_shares?: number;
  readonly deploy?: ComposeDeploy<Text>;
  readonly restart?: 'unless-stopped' | 'no';
  readonly stop_signal?: string;
  readonly stop_grace_period?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly develop?: { readonly watch: readonly ComposeWatch[] };
}

export interface ComposeBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
}

export interface ComposeDependency {
  readonly condition: 'service_healthy' | 'service_started' | 'service_completed_successfully';
  readonly required?: false;
}

export interface ComposeHealthcheck {
  readonly disable?: true;
  readonly test?: readonly string[];
  readonly interval?: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly start_period?: string;
  readonly start_interval?: string;
}

export interface ComposePort {
  readonly target: number;
  readonly published: string;
  readonly host_ip: string;
  readonly protocol: 'tcp' | 'udp';
}

export type ComposeMount =
  | { readonly type: 'volume'; readonly source: string; readonly target: string; readonly read_only?: true }
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly read_only: true;
      readonly bind: { readonly create_host_path: false };
    };

export interface ComposeDeploy<Text = string> {
  readonly replicas?: number;
  readonly resources?: {
    readonly limits?: { readonly cpus?: Text; readonly memory?: string; readonly pids?: number };
    readonly reservations?: {
      readonly memory?: string;
      readonly devices?: readonly {
        readonly driver: string;
        readonly count: number;
        readonly capabilities: readonly string[];
      }[];
    };
  };
}

export interface ComposeNetwork {
  readonly driver: 'bridge';
  readonly internal?: true;
  readonly driver_opts?: Readonly<Record<string, string>>;
}

export type ComposeVolume = Readonly<Record<string, never>>;

export interface ComposeWatch {
  readonly action: 'rebuild';
  readonly path: string;
}
