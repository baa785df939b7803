import type { Issue } from '../../model/issues';
import type { EmittedObject, EmittedSet } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { PodTemplate } from '../pods';
import { podTemplatesOf } from '../pods';
import { groupOf, listOf, namespaceOf, numberOf, objectOf, textOf, valueAt } from '../read';
import { limitItemsIn } from './limit-range';
import { boundedPod } from './pod-resources';

/** An autoscaler and what it steers. */
interface Autoscaler {
  readonly owner: EmittedObject;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** Autoscalers that would never scale: two for one target, none to steer, a metric that no pod has. */
export function autoscalerIssues(emitted: EmittedSet, minor: number): readonly Issue[] {
  const scalers = emitted.manifests.flatMap((owner) => readAutoscaler(owner));
  const templates = podTemplatesOf(emitted);
  const seen = new Map<string, Autoscaler>();
  return scalers.flatMap((scaler) => {
    const key = `${scaler.namespace}/${scaler.kind}/${scaler.name}`;
    const first = seen.get(key);
    if (first !== undefined) return [twice(scaler, first)];
    seen.set(key, scaler);
    const target = templates.find(
      (t) => t.namespace === scaler.namespace && t.kind === scaler.kind && t.name === scaler.name,
    );
    if (target === undefined) return missing(scaler);
    return unmeasured(scaler, target, emitted, minor);
  });
}

function readAutoscaler(owner: EmittedObject): readonly Autoscaler[] {
  const { object } = owner;
  const isHpa = object['kind'] === 'HorizontalPodAutoscaler' && groupOf(object) === 'autoscaling';
  const isKeda = object['kind'] === 'ScaledObject' && groupOf(object) === 'keda.sh';
  if (!isHpa && !isKeda) return [];
  const target = objectOf(valueAt(object, ['spec', 'scaleTargetRef']));
  // KEDA takes a Deployment if no kind is said.
  const kind = textOf(target['kind']) ?? (isKeda ? 'Deployment' : '');
  return [{ owner, namespace: namespaceOf(object), kind, name: textOf(target['name']) ?? '' }];
}

function twice({ owner, kind, name }: Autoscaler, first: Autoscaler): Issue {
  const keda = owner.object['kind'] !== first.owner.object['kind'];
  return {
    code: 'TARS6206',
    severity: 'error',
    path: fieldPath(owner.object, ['spec', 'scaleTargetRef']),
    message: `two autoscalers steer ${kind}/${name}: ${
      keda
        ? 'KEDA makes a HorizontalPodAutoscaler of its own for a ScaledObject, and the two fight'
        : 'the controller calls their pods ambiguous, and neither scales'
    }`,
    given: `${objectName(first.owner.object)} and ${objectName(owner.object)}`,
    allowed: 'one autoscaler for each target',
    remedy: 'remove one of them',
  };
}

function missing({ owner, kind, name }: Autoscaler): readonly Issue[] {
  // Other kinds can have a scale subresource too.
  if (!['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(kind)) return [];
  return [
    {
      code: 'TARS6207',
      severity: 'error',
      path: fieldPath(owner.object, ['spec', 'scaleTargetRef']),
      message: 'the autoscaler has nothing to steer',
      given: `${kind}/${name}, which is not among the manifests`,
      allowed: 'a workload of the same namespace',
      remedy: 'name the workload that it is for',
    },
  ];
}

/** Utilization is a share of the requests: with a container that has none the metric is invalid, and nothing scales down. */
function unmeasured(
  { owner, namespace }: Autoscaler,
  target: PodTemplate,
  emitted: EmittedSet,
  minor: number,
): readonly Issue[] {
  const pod = boundedPod(target, limitItemsIn(emitted, namespace), minor);
  const running = pod.containers.filter(({ list, isSidecar }) => list === 'containers' || isSidecar);
  return listOf(valueAt(owner.object, ['spec', 'metrics'])).flatMap((metric): Issue[] => {
    const type = valueAt(metric, ['type']);
    if (type !== 'Resource' && type !== 'ContainerResource') return [];
    const source = objectOf(valueAt(metric, [type === 'Resource' ? 'resource' : 'containerResource']));
    const resource = textOf(source['name']) ?? '';
    if (numberOf(valueAt(source, ['target', 'averageUtilization'])) === undefined) return [];
    const asked = type === 'Resource' ? running : running.filter(({ name }) => name === source['container']);
    if (type === 'Resource' && pod.saysOwnResources && pod.charged.requests.has(resource)) return [];
    return asked
      .filter(({ requests }) => (requests.get(resource) ?? 0n) === 0n)
      .map(({ path }): Issue => ({
        code: 'TARS6208',
        severity: 'error',
        path: fieldPath(target.owner.object, [...path, 'resources', 'requests']),
        message: `${objectName(owner.object)} scales by a share of requests.${resource}, and this container has none: the metric is invalid`,
        given: 'no request',
        allowed: `requests.${resource} of every container`,
        remedy: `say requests.${resource}, or let the autoscaler follow an AverageValue`,
      }));
  });
}
