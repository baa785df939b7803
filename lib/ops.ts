/**
 * Managing a running system, as a library. It is a module of its own, since who makes manifests needs
 * none of it.
 */
export { smoothWeightedSequence } from './ops/balancing/smooth-weighted';
export { ClusterClient } from './ops/cluster-client/cluster-client';
export type { Call } from './ops/cluster-client/cluster-client';
export { ClusterError, isClusterError } from './ops/cluster-client/cluster-error';
export type { ClusterErrorCode, ServerStatus } from './ops/cluster-client/cluster-error';
export { connectCluster } from './ops/cluster-client/connect';
export type { ConnectOptions } from './ops/cluster-client/connect';
export { nodeMetrics, podMetrics } from './ops/cluster-client/metrics';
export { readScale, writeScale } from './ops/cluster-client/scale';
export type { ScalableKind, ScaleTarget } from './ops/cluster-client/scale';
export { observe } from './ops/cluster-client/watch';
