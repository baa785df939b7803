/** Stands for the ConfigMap of facts, which policies of the API server hold other objects against. */
const FACTS = 'facts';
/** Component by which that ConfigMap is known. */
export const FACTS_COMPONENT = 'admission-facts';

/** Kinds in the order in which they should exist; a kind that is not here comes last. */
const ORDER = [
  'Namespace',
  // Known to every request after a second, so they come as early as they can.
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  FACTS,
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'ExternalSecret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
  'StatefulSet',
  'Deployment',
  'CronJob',
  'Job',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
  'Gateway',
  'HTTPRoute',
];

/** Sorts manifests by kind, then by name. */
export function inApplyOrder<T extends Readonly<Record<string, unknown>>>(objects: readonly T[]): T[] {
  const rank = (object: T): number => {
    const index = ORDER.indexOf(isFacts(object) ? FACTS : String(object.kind));
    return index < 0 ? ORDER.length : index;
  };
  const name = (object: T): string => (object.metadata as { name?: string } | undefined)?.name ?? '';
  return [...objects].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

function isFacts({ metadata }: Readonly<Record<string, unknown>>): boolean {
  const { labels } = (metadata ?? {}) as { labels?: Readonly<Record<string, string>> };
  return labels?.['app.kubernetes.io/component'] === FACTS_COMPONENT;
}
