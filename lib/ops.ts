/**
 * Managing a running system, as a library. It is a module of its own, since who makes manifests needs
 * none of it.
 */
export type { BalancingStrategy } from './model/balancing';
export type { Connector, HealthCheckOptions } from './ops/balancing/active-health';
export type { Backend } from './ops/balancing/backend';
export { BalancingError } from './ops/balancing/balancing-error';
export type { BalancingErrorCode } from './ops/balancing/balancing-error';
export type { BackendState, BackendStats, ClusterStats } from './ops/balancing/cluster-stats';
export type { Lease, RequestOutcome } from './ops/balancing/lease';
export { LoadBalancer } from './ops/balancing/load-balancer';
export type { AcquireOptions, HealthReport, WeightChange } from './ops/balancing/load-balancer';
export type { LoadBalancerOptions } from './ops/balancing/options';
export type { RequestSummary } from './ops/balancing/request-statistics';
export { smoothWeightedSequence } from './ops/balancing/smooth-weighted';
export type { AddressHash } from './ops/balancing/strategy';
export type { ClusterIdentity } from './ops/cluster-client/access';
export type { Call, ClusterClient, StreamCall } from './ops/cluster-client/cluster-client';
export { ClusterError, isClusterError } from './ops/cluster-client/cluster-error';
export type { ClusterErrorCode, ClusterErrorDetails, ServerStatus } from './ops/cluster-client/cluster-error';
export { connectCluster } from './ops/cluster-client/connect';
export type { ConnectOptions } from './ops/cluster-client/connect';
export type { Exchange as HttpRequest, Query as QueryParameters } from './ops/cluster-client/exchange';
export type { ExecSession, TerminalSize } from './ops/cluster-client/exec-session';
export { nodeMetrics, podMetrics } from './ops/cluster-client/metrics';
export type {
  ApiObject,
  Autoscaler as HorizontalPodAutoscaler,
  Condition as StatusCondition,
  Container as ContainerFields,
  LabelSelector,
  NodeMetrics,
  ObjectMeta,
  OwnerReference,
  PodMetrics,
  PodSpec,
  PodTemplate,
  Scale,
  Workload,
} from './ops/cluster-client/objects';
export type { ListQuery } from './ops/cluster-client/read';
export type { Resource as ApiResource, ResourceKind } from './ops/cluster-client/resources';
export { readScale, writeScale } from './ops/cluster-client/scale';
export type { ScalableKind, ScaleTarget } from './ops/cluster-client/scale';
export type { ClusterSocket, SocketRequest } from './ops/cluster-client/socket';
export type { KubeconfigUser, Surroundings } from './ops/cluster-client/surroundings';
export { observe } from './ops/cluster-client/watch';
export type { ObserveQuery } from './ops/cluster-client/watch';
export { compileBalancing } from './policy/balancing';
export type {
  BalancedBackend,
  BalancingCompilation,
  BalancingSubject,
  BalancingTarget,
} from './policy/balancing-subject';
export type { FidelityRow } from './policy/hpa';
export type { Condition, Conditions, ConditionType } from './ops/autoscaling/conditions';
export type { HpaDecision, HpaRound } from './ops/autoscaling/hpa-engine';
export { afterFailedUpdate, hpaRound } from './ops/autoscaling/hpa-engine';
export type {
  AmountTarget,
  ControllerSettings,
  ExternalMetric,
  HpaBehavior,
  HpaMetric,
  HpaSpec,
  ObjectMetric,
  PodsMetric,
  RatePolicy,
  ResourceMetric,
  ScalingRules,
} from './ops/autoscaling/hpa-spec';
export { CONTROLLER_DEFAULTS } from './ops/autoscaling/hpa-spec';
export type { HpaState, Recommendation, ScaleEvent } from './ops/autoscaling/hpa-state';
export { NEW_HPA_STATE } from './ops/autoscaling/hpa-state';
export type {
  ContainerRequests,
  MetricReading,
  MissingReading,
  Observation,
  PodObservation,
  PodValue,
  ScaleObservation,
} from './ops/autoscaling/observation';
export type { Proposal } from './ops/autoscaling/proposal';
export type {
  BehaviorFields as HpaBehaviorFields,
  HpaFields,
  IdentityFields as MetricIdentifierFields,
  MetricFields as HpaMetricFields,
  RulesFields as ScalingRulesFields,
  TargetFields as MetricTargetFields,
} from './ops/autoscaling/read-hpa';
export { readHpa } from './ops/autoscaling/read-hpa';
export type { AutoScalerOptions, AutoScalerStatus, ScalingDecision } from './ops/autoscaling/auto-scaler';
export { AutoScaler } from './ops/autoscaling/auto-scaler';
export type { ComposeTargetOptions, ScaledProject, UsageBases } from './ops/autoscaling/compose-target';
export { composeTarget, engineStatsSource } from './ops/autoscaling/compose-target';
export type { ExplainedPods, HpaExplanation, Limit } from './ops/autoscaling/explain';
export { explainAutoscaler, explainHpa } from './ops/autoscaling/explain';
export type { MetricExplanation } from './ops/autoscaling/explain-metric';
export type { HeldLease, LeaseOptions } from './ops/autoscaling/lease';
export { takeLease } from './ops/autoscaling/lease';
export type { HpaObject } from './ops/autoscaling/observe-hpa';
export { observeHpa } from './ops/autoscaling/observe-hpa';
export type { RunOptions } from './ops/autoscaling/run-scaler';
export { runScaler } from './ops/autoscaling/run-scaler';
export type { LoadPoint, LoadShape, LoadTrace } from './ops/autoscaling/load-trace';
export { generatedLoad, recordedLoad } from './ops/autoscaling/load-trace';
export type { MetricSource } from './ops/autoscaling/metric-source';
export type { ReplicaTarget } from './ops/autoscaling/replica-target';
export type {
  Sample as MetricSample,
  Samples as MetricSamples,
  Series as MetricSeries,
} from './ops/autoscaling/samples';
export type { MetricType, MetricValue, ScalingPolicy, ScalingPolicyProps } from './ops/autoscaling/scaling-policy';
export { scalingPolicy } from './ops/autoscaling/scaling-policy';
export { simulateHpa, simulateThresholds } from './ops/autoscaling/simulate';
export type { SimulatedStep, SimulatedWorkload, Simulation } from './ops/autoscaling/simulated-workload';
export type {
  ReplicaObservation,
  ThresholdDecision,
  ThresholdReason,
  ThresholdRound,
  ThresholdState,
} from './ops/autoscaling/threshold-engine';
export { NEW_THRESHOLD_STATE, thresholdRound } from './ops/autoscaling/threshold-engine';
export type { TuneChoice, TunedPolicy, TuneOptions } from './ops/autoscaling/tune';
export { proposedPolicy, tune } from './ops/autoscaling/tune';
export type { KubernetesTargetOptions } from './ops/autoscaling/kubernetes-target';
export { kubernetesTarget } from './ops/autoscaling/kubernetes-target';
export { metricsApiSource } from './ops/autoscaling/metrics-api-source';
export type { PrometheusSourceOptions } from './ops/autoscaling/prometheus-source';
export { prometheusSource } from './ops/autoscaling/prometheus-source';
export type { AuditLine } from './ops/cluster/audit';
export type { AutoscalerInfo } from './ops/cluster/autoscalers';
export { ClusterManager } from './ops/cluster/cluster-manager';
export type { ClusterManagerOptions } from './ops/cluster/cluster-manager';
export type { DebugOptions } from './ops/cluster/debug-container';
export type { EventInfo, EventsQuery } from './ops/cluster/events';
export type { ExecOptions, ExecResult } from './ops/cluster/exec';
export type { ContainerInfo, PodInfo } from './ops/cluster/pod-info';
export type { LogLine, LogsQuery } from './ops/cluster/pod-logs';
export type { ForwardOptions, ForwardTarget, PortForward } from './ops/cluster/port-forward';
export type { ChangeOptions, RestartPodOptions } from './ops/cluster/restart';
export type { RevisionInfo } from './ops/cluster/rollback';
export type { RolloutStatus, RolloutWait as RolloutWaitOptions } from './ops/cluster/rollout';
export type { RolloutVerdict } from './ops/cluster/rollout-verdict';
export type { Scaled as ScaleResult, ScaleOptions } from './ops/cluster/scale-workload';
export type { Amount as ResourceAmounts, ClusterInfo, NodeInfo, PodUsage } from './ops/cluster/usage';
export type { ObjectRef as ObjectReference, WaitCondition as ObjectWaitCondition } from './ops/cluster/wait-for';
export type { WorkloadKind, WorkloadRef as WorkloadReference } from './ops/cluster/workload';
export type { DeploymentStatus } from './ops/cluster/workload-status';
export type { EngineTls } from './ops/engine-client/engine-address';
export { EngineClient } from './ops/engine-client/engine-client';
export type { EngineCall, EngineOptions, EngineStreamCall } from './ops/engine-client/engine-client';
export { ComposeManager } from './ops/engine/compose-manager';
export type { ComposeManagerOptions } from './ops/engine/compose-manager';
export type { ComposeRun, RunCompose } from './ops/engine/compose-project';
export type { ServiceWait as ServiceRolloutWaitOptions } from './ops/engine/compose-rollout';
export type { OneOnly as SingleContainerRule } from './ops/engine/compose-scale';
export type {
  EngineInfo,
  ManagedCondition,
  ManagedRef,
  Manager,
  OpsTarget,
  RolloutReport,
  TargetKind,
  WaitOptions,
} from './ops/manager';
export type { Certificate } from './ops/doctor/certificate';
export type { ComposeSnapshot, EngineContainer, ExpectedService } from './ops/doctor/compose-snapshot';
export type { ConnectionAttempt } from './ops/doctor/connection-attempt';
export type { Finding } from './ops/doctor/finding';
export type { KubernetesSnapshot } from './ops/doctor/kubernetes-snapshot';
export type { LiveObject, Meta as LiveObjectMeta } from './ops/doctor/objects';
export type { LogExcerpt } from './ops/doctor/log-excerpt';
export type { WantedLog } from './ops/doctor/logs-wanted';
export type { Attempts, Examination, Reader } from './ops/doctor/reader';
export { examineCompose, examineKubernetes } from './ops/doctor/reader';
export { topologyOf } from './ops/doctor/topology';
export type { Component, Link, Topology } from './ops/doctor/topology';
