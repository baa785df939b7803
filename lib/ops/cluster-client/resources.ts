import type {
  ApiObject,
  Autoscaler,
  ControllerRevision,
  Event,
  Node,
  NodeMetrics,
  Pod,
  PodMetrics,
  ScaledObject,
  Service,
  Workload,
} from './objects';
import { ClusterError } from './cluster-error';

/** A kind of object, and where the API has it. */
export interface Resource<T extends ApiObject = ApiObject> {
  readonly kind: string;
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly root: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Never there: it carries the type of the objects. */
  readonly object?: T;
}

const core = <T extends ApiObject>(kind: string, plural: string, isNamespaced = true): Resource<T> => ({
  kind,
  root: '/api/v1',
  plural,
  isNamespaced,
});
const grouped = <T extends ApiObject>(
  kind: string,
  group: string,
  plural: string,
  isNamespaced = true,
): Resource<T> => ({
  kind,
  root: `/apis/${group}`,
  plural,
  isNamespaced,
});

/** The kinds that operations work with. */
export const RESOURCES = {
  Pod: core<Pod>('Pod', 'pods'),
  Event: core<Event>('Event', 'events'),
  Service: core<Service>('Service', 'services'),
  Node: core<Node>('Node', 'nodes', false),
  Deployment: grouped<Workload>('Deployment', 'apps/v1', 'deployments'),
  StatefulSet: grouped<Workload>('StatefulSet', 'apps/v1', 'statefulsets'),
  DaemonSet: grouped<Workload>('DaemonSet', 'apps/v1', 'daemonsets'),
  ReplicaSet: grouped<Workload>('ReplicaSet', 'apps/v1', 'replicasets'),
  ControllerRevision: grouped<ControllerRevision>('ControllerRevision', 'apps/v1', 'controllerrevisions'),
  Job: grouped<ApiObject>('Job', 'batch/v1', 'jobs'),
  HorizontalPodAutoscaler: grouped<Autoscaler>('HorizontalPodAutoscaler', 'autoscaling/v2', 'horizontalpodautoscalers'),
  Lease: grouped<ApiObject>('Lease', 'coordination.k8s.io/v1', 'leases'),
  ScaledObject: grouped<ScaledObject>('ScaledObject', 'keda.sh/v1alpha1', 'scaledobjects'),
  PodMetrics: grouped<PodMetrics>('PodMetrics', 'metrics.k8s.io/v1beta1', 'pods'),
  NodeMetrics: grouped<NodeMetrics>('NodeMetrics', 'metrics.k8s.io/v1beta1', 'nodes', false),
} as const satisfies Record<string, Resource>;

export type ResourceKind = keyof typeof RESOURCES;

/**
 * Path of a collection, or of an object of it.
 * @param namespace left out for kinds without one
 * @throws ClusterError Refused when the name could be taken for another path
 */
export function pathOf(resource: Resource, namespace: string, name?: string, subresource?: string): string {
  const where = resource.isNamespaced ? `/namespaces/${segment(namespace)}` : '';
  const which = name === undefined ? '' : `/${segment(name)}`;
  return `${resource.root}${where}/${resource.plural}${which}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** Names of objects have no slashes: whatever a caller hands in must not reach another object. */
function segment(name: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$/.test(name)) return name;
  throw new ClusterError('Refused', `"${name}" is not the name of an object`, {
    remedy: 'names have letters, digits, dots and dashes',
  });
}
