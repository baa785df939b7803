// Where our proof and the real API server differ on purpose, each with its reason. A row that no
// case of the long run needs any more is a failure there.

/** @type {readonly { name: string, reason: string, matches: (why: string) => boolean }[]} */
export const EXCEPTIONS = [
  {
    name: 'an empty text as a choice',
    reason: 'some fields take it for their default, some refuse it; nobody writes it',
    matches: (why) => /Unsupported value: ""|loadBalancerClass: Forbidden/.test(why),
  },
  {
    name: 'claims for devices of a whole pod, and of files for variables',
    reason: 'the schema is checked; both are new, and we emit neither',
    matches: (why) => /resources\.claims|fileKeyRef/.test(why),
  },
  {
    name: 'status and metadata of claims inside of others',
    reason: 'the server writes them itself',
    matches: (why) => /PersistentVolumeClaimStatus|volumeClaimTemplate\.metadata/.test(why),
  },
  {
    name: 'podFailurePolicy and successPolicy',
    reason: 'the schema is checked; what rules may stand beside each other is not, and we emit none',
    matches: (why) => /spec\.(jobTemplate\.spec\.)?(podFailurePolicy|successPolicy)/.test(why),
  },
  {
    name: 'parameters of an IngressClass',
    reason: 'the schema is checked; a class belongs to the administrator of the cluster',
    matches: (why) => /IngressClass.*spec\.parameters/.test(why),
  },
  {
    name: 'allowedTopologies of a StorageClass',
    reason: 'the schema is checked; a class belongs to the administrator of the cluster',
    matches: (why) => /allowedTopologies/.test(why),
  },
  {
    name: 'data sources of claims',
    reason: 'the server drops a source of a kind that it does not know, which is installed by others',
    matches: (why) => /dataSource(Ref)?\b/.test(why),
  },
  {
    name: 'pods of Windows',
    reason: 'the schema is checked; we emit none',
    matches: (why) => /windowsOptions|hostProcess/.test(why),
  },
  {
    name: 'a field that an ExternalName Service does without',
    reason: 'the server drops it, and nothing is different',
    matches: (why) =>
      /dropped: \.spec\.(internalTrafficPolicy|sessionAffinityConfig|allocateLoadBalancerNodePorts)/.test(why),
  },
];

/** @param {{ why: string }} comparison */
export function exceptionFor({ why }) {
  return EXCEPTIONS.find(({ matches }) => matches(why));
}
