/**
 * The public surface of the library; a test holds it against the intended list. What the model knows by one word has
 * the ending that the other specs have.
 */
export type {
  ComposeBuild,
  ComposeDependency,
  ComposeDeploy,
  ComposeFile,
  ComposeHealthcheck,
  ComposeMount,
  ComposeNetwork,
  ComposePort,
  ComposeService,
  ComposeVolume,
  ComposeWatch,
} from './compose/compose-file';
export { Adminer } from './constructs/adminer';
export type { AdminerProps } from './constructs/adminer';
export { Exposure } from './constructs/exposure';
export type { ExposureProps, RouteProps, TlsProps } from './constructs/exposure';
export { ExternalService } from './constructs/external-service';
export type { ExternalServiceProps } from './constructs/external-service';
export { Grafana } from './constructs/grafana';
export type { GrafanaProps } from './constructs/grafana';
export { DefaultDeny, GuardRails, RestrictedNamespace } from './constructs/guard-rails';
export type { GuardRailsProps } from './constructs/guard-rails';
export { Ollama } from './constructs/ollama';
export type { OllamaProps } from './constructs/ollama';
export { Postgres } from './constructs/postgres';
export type { PostgresProps } from './constructs/postgres';
export { Prometheus } from './constructs/prometheus';
export type { PrometheusProps } from './constructs/prometheus';
export type { ReadyMadeProps, StatefulProps } from './constructs/preset';
export { PythonApi } from './constructs/python-api';
export type { PythonApiProps } from './constructs/python-api';
export { Redis } from './constructs/redis';
export type { RedisProps } from './constructs/redis';
export { Service } from './constructs/service';
export type { PropertyPaths } from './constructs/service';
export { SystemSettings } from './constructs/settings';
export type { DnsSettings, ImageSettings, SecretSettings, SystemSettingsProps } from './constructs/settings';
export { checkApp, checkSystem, markSystemRoot, ref, systemOf, systemsIn } from './constructs/system';
export { TarsChart } from './constructs/tars-chart';
export type { TarsChartProps } from './constructs/tars-chart-props';
export { WebApp } from './constructs/web-app';
export type { WebAppProps } from './constructs/web-app';
export { inApplyOrder } from './kubernetes/apply-order';
export type { BalancingStrategy, ReplicaBalancing } from './model/balancing';
export { Endpoint } from './model/endpoint';
export type { UrlOptions, WaitCondition } from './model/endpoint';
export type { ExposureSpec, Route as RouteSpec, Tls as TlsSpec } from './model/exposure';
export { IMAGES } from './model/images';
export { formatIssue, ISSUE_CODES, TarsError } from './model/issues';
export type { Issue, IssueCode, Severity } from './model/issues';
export type {
  AccessProps,
  AutoscalingProps,
  BuildProps,
  ConnectionsProps,
  CustomMetricProps,
  DevelopmentProps,
  FileProps,
  GpuProps,
  HealthProps,
  NamedTaskProps,
  OverridesProps,
  PeerProps,
  PortProps,
  ProbeProps,
  ResourcesProps,
  RunAsProps,
  ServiceProps,
  TaskProps,
  VolumeProps,
} from './model/service-props';
export type {
  Access as AccessSpec,
  AutoscalingMetric as AutoscalingMetricSpec,
  AutoscalingPolicy as AutoscalingPolicySpec,
  Build as BuildSpec,
  Check as CheckSpec,
  ClaimVolume as ClaimVolumeSpec,
  ConfigFile as FileSpec,
  Connections as ConnectionsSpec,
  CustomMetric as CustomMetricSpec,
  Development as DevelopmentSpec,
  EnvEntry as EnvSpec,
  Gpu as GpuSpec,
  Health as HealthSpec,
  Image as ImageSpec,
  Link as LinkSpec,
  Metrics as MetricsSpec,
  Overrides as OverridesSpec,
  Peer as PeerSpec,
  Port as PortSpec,
  Probe as ProbeSpec,
  PullPolicy,
  RateMetric as RateMetricSpec,
  ResourceMetric as ResourceMetricSpec,
  Resources as ResourcesSpec,
  RunAs as RunAsSpec,
  Scale as ScaleSpec,
  ScratchVolume as ScratchVolumeSpec,
  ServiceSpec,
  Stop as StopSpec,
  Task as TaskSpec,
  Volume as VolumeSpec,
  Workload as WorkloadSpec,
} from './model/service-spec';
export type {
  ExternalSpec,
  GuardRailsSpec,
  SecretKeySpec,
  SecretSource,
  SecretSpec,
  Settings as SettingsSpec,
} from './model/settings';
export type { ResolvedLink, SystemModel, SystemParts, Target as LinkTarget } from './model/system-model';
export { EnvValue } from './model/value';
export type {
  FromSecretOptions,
  Part as TextPart,
  SecretValue as SecretReference,
  TextValue,
  Value,
} from './model/value';
export { renderCompose, subjectOf, synthesize } from './synth';
export type { FileChange, SecretValues, SynthOptions, SynthResult } from './synth';
export type { FileSystem } from './synth/write';
export type { EmittedCompose, EmittedObject, EmittedSet, Json, JsonObject } from './verify/emitted';
export type { Proof, Subject } from './verify/proof';
export { PROOFS, verify } from './verify/proofs';
export { compareReleases } from './verify/upgrade/compare-releases';
export type { Upgrade, Verdict } from './verify/upgrade/compare-releases';
export type { FieldChange } from './verify/upgrade/field-changes';
export type { FieldManager, FieldManagers } from './verify/upgrade/field-managers';
export type {
  Change as ChangeKind,
  ComposeChange,
  Finding as UpgradeFinding,
  ObjectChange,
  ReleaseChange,
} from './verify/upgrade/release-change';
export type { Waiver } from './verify/waivers';
