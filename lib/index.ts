/** The public surface of the library; a test holds it against the intended list. */
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
export { SystemSettings } from './constructs/settings';
export type { DnsSettings, ImageSettings, SecretSettings, SystemSettingsProps } from './constructs/settings';
export { checkApp, checkSystem, markSystemRoot, ref, systemOf, systemsIn } from './constructs/system';
export { TarsChart } from './constructs/tars-chart';
export type { TarsChartProps } from './constructs/tars-chart-props';
export { WebApp } from './constructs/web-app';
export type { WebAppProps } from './constructs/web-app';
export { inApplyOrder } from './kubernetes/apply-order';
export { Endpoint } from './model/endpoint';
export type { UrlOptions, WaitCondition } from './model/endpoint';
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
export type { ServiceSpec } from './model/service-spec';
export type { SystemModel } from './model/system-model';
export { EnvValue } from './model/value';
export type { FromSecretOptions } from './model/value';
export { renderCompose, subjectOf, synthesize } from './synth';
export type { FileChange, SecretValues, SynthOptions, SynthResult } from './synth';
export type { EmittedCompose, EmittedObject, EmittedSet, Json, JsonObject } from './verify/emitted';
export type { Proof, Subject } from './verify/proof';
export { PROOFS, verify } from './verify/proofs';
export { compareReleases } from './verify/upgrade/compare-releases';
export type { Upgrade, Verdict } from './verify/upgrade/compare-releases';
export type { FieldChange } from './verify/upgrade/field-changes';
export type { Finding, ObjectChange } from './verify/upgrade/release-change';
