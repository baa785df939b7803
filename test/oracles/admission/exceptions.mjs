// Where our proof and the real API server differ on purpose, each with its reason. Every run says how
// often it needed which.

/** @type {readonly { name: string, reason: string, matches: (why: string) => boolean }[]} */
export const EXCEPTIONS = [
  {
    name: 'who manages a Job, and files of one path in a projected volume',
    reason: 'the schema is checked; we emit neither',
    matches: (why) => /spec\.managedBy|conflicting duplicate paths/.test(why),
  },
  {
    name: 'what the server keeps for itself in metadata',
    reason: 'it is dropped, and nothing is different',
    matches: (why) => /dropped: \.metadata\./.test(why),
  },
  {
    name: 'a grace period below zero',
    reason: 'the server still takes it, and means a second; we say that it is out of range',
    matches: (why) => /terminationGracePeriodSeconds: the number is out of its range/.test(why),
  },
  {
    name: 'an object without a name',
    reason: 'the server makes one up where generateName or the kind says so; kubectl apply does not take it',
    matches: (why) => /the object has no name/.test(why),
  },
  {
    name: 'what the cluster has',
    reason: 'namespaces, address families and runtime classes are facts of a cluster, not of its version',
    matches: (why) =>
      /not configured for dual-stack|Pod Overhead set without|(RuntimeClass|namespaces) "[^"]*" not found/.test(why),
  },
  {
    name: 'finalizers of claims, and divisors of variables',
    reason: 'the schema is checked; nobody writes them by hand',
    matches: (why) => /metadata\.finalizers|resourceFieldRef\.divisor/.test(why),
  },
  {
    name: 'a quantity that is null',
    reason: 'the server takes it for 0 and compares that; we take it for not given',
    matches: (why) => /(value|limit of) 0\b/.test(why),
  },
  {
    name: 'selectors of metrics',
    reason: 'the server does not look at them, and the metrics adapter that does would refuse them',
    matches: (why) => /\.metric\.selector/.test(why),
  },
  {
    name: 'an empty text as a choice',
    reason: 'some fields take it for their default, some refuse it; nobody writes it',
    matches: (why) => /(Unsupported|Invalid) value: ""|preemptionPolicy: Required/.test(why),
  },
  {
    name: 'claims for devices of a whole pod, and of files for variables',
    reason: 'the schema is checked; both are new, and we emit neither',
    matches: (why) => /resources\.claims|fileKeyRef/.test(why),
  },
  {
    name: 'metadata of the claim of an ephemeral volume',
    reason: 'the schema is checked; it has labels and annotations only, and we emit none',
    matches: (why) => /volumeClaimTemplate\.metadata/.test(why),
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
