import type { k8s } from 'cdk8s-plus-27';

/** Where cdk8s-plus-27 spells a field differently from the API; of those that we emit. */
interface ApiSpelling {
  readonly clusterIp: 'clusterIP';
  readonly clientIp: 'clientIP';
  readonly hostIp: 'hostIP';
  readonly hostIpc: 'hostIPC';
  readonly hostPid: 'hostPID';
  readonly loadBalancerIp: 'loadBalancerIP';
  readonly downwardApi: 'downwardAPI';
}

type Spelled<K> = K extends keyof ApiSpelling ? ApiSpelling[K] : K;

/**
 * A typed object of cdk8s-plus-27 as the JSON that is emitted: its wrapper classes for quantities and
 * for "integer or string" become plain scalars. The types are used at compile time only, so the
 * three megabytes behind them are never loaded.
 */
export type Json<T> = T extends Date
  ? string
  : T extends string
    ? // The values of a string enumeration, as texts.
      `${T}`
    : T extends readonly (infer U)[]
      ? readonly Json<U>[]
      : T extends object
        ? keyof T extends 'value'
          ? string | number
          : { readonly [K in keyof T as Spelled<K>]: Json<T[K]> }
        : T;

export type PodSpec = Json<k8s.PodSpec>;
export type Container = Json<k8s.Container>;
export type EnvVar = Json<k8s.EnvVar>;
export type VolumeMount = Json<k8s.VolumeMount>;
export type PodVolume = Json<k8s.Volume>;
export type PodTemplate = Json<k8s.PodTemplateSpec>;
export type ProbeJson = Json<k8s.Probe>;
export type ClaimSpec = Json<k8s.PersistentVolumeClaimSpec>;
export type ServiceJson = Json<k8s.ServiceSpec>;
export type NetworkPolicyJson = Json<k8s.NetworkPolicySpec>;
export type NetworkPolicyPeer = Json<k8s.NetworkPolicyPeer>;
export type NetworkPolicyPort = Json<k8s.NetworkPolicyPort>;
export type IngressRule = Json<k8s.NetworkPolicyIngressRule>;
export type EgressRule = Json<k8s.NetworkPolicyEgressRule>;
export type Affinity = Json<k8s.Affinity>;
export type { k8s };
