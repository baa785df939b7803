import { show } from '../../model/issues';
import type { EmittedObject, EmittedSet, Json, JsonObject } from '../emitted';
import type { PodContainer, PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import type { Keys } from '../read';
import { groupOf, isObject, listOf, nameOf, namespaceOf, objectOf, textOf, textsOf, valueAt } from '../read';
import { TemplateIndex } from '../template-index';
import type { CheckText } from './check';

export const missingReference: CheckText = {
  code: 'TARS6131',
  severity: 'warning',
  refusedBy: 'pods',
  title: 'an object is named that is not among the manifests',
  why: 'The server takes it, and the pod waits in ContainerCreating or CreateContainerConfigError until somebody makes what is missing. Secrets are not looked for: they come from elsewhere.',
  remedy: 'add the object to the manifests or correct its name; waive it if somebody else makes it',
};

export const missingPort: CheckText = {
  code: 'TARS6132',
  severity: 'error',
  refusedBy: 'pods',
  title: 'a port is named that nothing offers',
  why: 'A probe of a port name that the container does not have never succeeds, so the pod is started again and again. A Service with such a targetPort leads nowhere.',
  remedy: 'give the port this name in the container, or correct the name',
};

export const noPods: CheckText = {
  code: 'TARS6133',
  severity: 'error',
  refusedBy: 'pods',
  title: 'a Service or budget that finds no pod',
  why: 'A Service whose selector matches no pod of its namespace has no endpoints: every connection is refused. A budget that matches none protects none.',
  remedy: 'let the selector name labels that the pods have',
};

export const rootForbidden: CheckText = {
  code: 'TARS6134',
  severity: 'error',
  refusedBy: 'pods',
  title: 'a container that must not run as root, and is told to',
  why: 'The kubelet does not start it: "runAsUser breaks non-root policy".',
  remedy: 'choose a user above 0',
};

/** What one object says of another that is not so. */
export interface ReferenceFinding {
  readonly text: CheckText;
  readonly object: JsonObject;
  readonly keys: Keys;
  readonly message: string;
  readonly allowed?: string | undefined;
}

/** Compares the objects with each other: names, keys, ports and labels that they share. */
export function checkReferences(emitted: EmittedSet): readonly ReferenceFinding[] {
  const index = new ObjectIndex(emitted.manifests);
  const templates = podTemplatesOf(emitted);
  const pods = new TemplateIndex(templates);
  return [
    ...templates.flatMap((template) => [
      ...podReferences(template, index),
      ...podPorts(template),
      ...rootUsers(template),
    ]),
    ...emitted.manifests.flatMap(({ object }) => [...targets(object, index), ...selections(object, pods)]),
  ];
}

/** Objects by kind, namespace and name. */
class ObjectIndex {
  private readonly objects: ReadonlyMap<string, JsonObject>;

  public constructor(manifests: readonly EmittedObject[]) {
    this.objects = new Map(
      manifests.map(({ object }) => [
        `${textOf(object['kind']) ?? ''} ${namespaceOf(object)}/${nameOf(object)}`,
        object,
      ]),
    );
  }

  public find(kind: string, namespace: string, name: string): JsonObject | undefined {
    return this.objects.get(`${kind} ${namespace}/${name}`);
  }

  public namesOf(kind: string, namespace: string): string {
    const start = `${kind} ${namespace}/`;
    return [...this.objects.keys()]
      .flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : []))
      .join(', ');
  }
}

/** ConfigMaps, their keys, claims and the ServiceAccount that a pod names. */
function podReferences(template: PodTemplate, index: ObjectIndex): ReferenceFinding[] {
  const { owner, namespace, spec, path } = template;
  const found: ReferenceFinding[] = [];
  const look = (kind: string, name: Json | undefined, keys: Keys): JsonObject | undefined => {
    if (typeof name !== 'string' || name === '') return undefined;
    const object = index.find(kind, namespace, name);
    if (object === undefined) {
      const allowed = index.namesOf(kind, namespace);
      found.push({
        text: missingReference,
        object: owner.object,
        keys,
        message: `there is no ${kind} of this name among the manifests`,
        allowed,
      });
    }
    return object;
  };
  const needKey = (map: JsonObject | undefined, key: Json | undefined, keys: Keys): void => {
    if (map === undefined || typeof key !== 'string') return;
    const held = [...Object.keys(objectOf(map['data'])), ...Object.keys(objectOf(map['binaryData']))];
    if (!held.includes(key)) {
      const text: CheckText = { ...missingReference, severity: 'error' };
      found.push({
        text,
        object: owner.object,
        keys,
        message: `ConfigMap ${nameOf(map)} has no such key`,
        allowed: held.join(', '),
      });
    }
  };
  const account = spec['serviceAccountName'];
  if (account !== 'default') look('ServiceAccount', account, [...path, 'serviceAccountName']);
  for (const { container, path: at } of containersOf(template)) {
    listOf(container['env']).forEach((variable, n) => {
      const source = valueAt(variable, ['valueFrom', 'configMapKeyRef']);
      if (!isObject(source) || source['optional'] === true) return;
      const keys = [...at, 'env', n, 'valueFrom', 'configMapKeyRef'];
      needKey(look('ConfigMap', source['name'], [...keys, 'name']), source['key'], [...keys, 'key']);
    });
    listOf(container['envFrom']).forEach((one, n) => {
      const source = valueAt(one, ['configMapRef']);
      if (!isObject(source) || source['optional'] === true) return;
      look('ConfigMap', source['name'], [...at, 'envFrom', n, 'configMapRef', 'name']);
    });
  }
  listOf(spec['volumes']).forEach((volume, n) => {
    const at = [...path, 'volumes', n];
    look('PersistentVolumeClaim', valueAt(volume, ['persistentVolumeClaim', 'claimName']), [
      ...at,
      'persistentVolumeClaim',
      'claimName',
    ]);
    const projected = listOf(valueAt(volume, ['projected', 'sources'])).map(
      (source, index_): [Keys, Json | undefined] => [
        [...at, 'projected', 'sources', index_, 'configMap'],
        valueAt(source, ['configMap']),
      ],
    );
    for (const [keys, source] of [
      [[...at, 'configMap'], valueAt(volume, ['configMap'])] as [Keys, Json | undefined],
      ...projected,
    ]) {
      if (!isObject(source) || source['optional'] === true) continue;
      const map = look('ConfigMap', source['name'], [...keys, 'name']);
      listOf(source['items']).forEach((item, i) => {
        needKey(map, valueAt(item, ['key']), [...keys, 'items', i, 'key']);
      });
    }
  });
  return found;
}

/** Names of ports that the probes and hooks of a container ask. */
function podPorts(template: PodTemplate): ReferenceFinding[] {
  return containersOf(template).flatMap((one) => {
    const names = portNames(one);
    const places: Keys[] = [
      ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => [probe]),
      ...['preStop', 'postStart'].map((hook) => ['lifecycle', hook]),
    ];
    return places.flatMap((place) =>
      ['httpGet', 'tcpSocket'].flatMap((handler): ReferenceFinding[] => {
        const keys = [...place, handler, 'port'];
        const port = valueAt(one.container, keys);
        if (typeof port !== 'string' || names.includes(port)) return [];
        const message = 'the container has no port of this name';
        return [
          {
            text: missingPort,
            object: template.owner.object,
            keys: [...one.path, ...keys],
            message,
            allowed: names.join(', '),
          },
        ];
      }),
    );
  });
}

function portNames({ container }: PodContainer): string[] {
  return listOf(container['ports']).flatMap((port) => textOf(objectOf(port)['name']) ?? []);
}

function rootUsers(template: PodTemplate): ReferenceFinding[] {
  const pod = objectOf(template.spec['securityContext']);
  return containersOf(template).flatMap(({ container, path }): ReferenceFinding[] => {
    const own = objectOf(container['securityContext']);
    const user = own['runAsUser'] ?? pod['runAsUser'];
    if ((own['runAsNonRoot'] ?? pod['runAsNonRoot']) !== true || user !== 0) return [];
    const keys =
      own['runAsUser'] === 0
        ? [...path, 'securityContext', 'runAsUser']
        : [...template.path, 'securityContext', 'runAsUser'];
    return [
      {
        text: rootForbidden,
        object: template.owner.object,
        keys,
        message: 'runAsNonRoot is true, and this is root',
        allowed: '1 or more',
      },
    ];
  });
}

/** What Ingresses, autoscalers and StatefulSets lead to. */
function targets(object: JsonObject, index: ObjectIndex): ReferenceFinding[] {
  const [kind, namespace] = [textOf(object['kind']) ?? '', namespaceOf(object)];
  const missing = (target: string, keys: Keys): ReferenceFinding => ({
    ...{ text: missingReference, object, keys, message: `there is no ${target} of this name among the manifests` },
    allowed: index.namesOf(target, namespace),
  });
  if (kind === 'HorizontalPodAutoscaler') {
    const keys = ['spec', 'scaleTargetRef'];
    const { kind: target, name } = objectOf(valueAt(object, keys));
    if (typeof target !== 'string' || typeof name !== 'string') return [];
    return index.find(target, namespace, name) === undefined ? [missing(target, [...keys, 'name'])] : [];
  }
  if (kind === 'StatefulSet') {
    const name = valueAt(object, ['spec', 'serviceName']);
    if (typeof name !== 'string' || name === '') return [];
    return index.find('Service', namespace, name) === undefined ? [missing('Service', ['spec', 'serviceName'])] : [];
  }
  if (kind !== 'Ingress' || groupOf(object) !== 'networking.k8s.io') return [];
  return backends(object).flatMap(([keys, backend]): ReferenceFinding[] => {
    const name = textOf(backend['name']);
    if (name === undefined) return [];
    const service = index.find('Service', namespace, name);
    if (service === undefined) return [missing('Service', [...keys, 'name'])];
    const [port, ports] = [objectOf(backend['port']), listOf(valueAt(service, ['spec', 'ports'])).map(objectOf)];
    const known = ports.some((one) =>
      port['name'] === undefined ? one['port'] === port['number'] : one['name'] === port['name'],
    );
    if (known || service['kind'] !== 'Service') return [];
    const at = [...keys, 'port', port['name'] === undefined ? 'number' : 'name'];
    const allowed = ports
      .map((one) =>
        [one['name'], one['port']]
          .filter((part) => part !== undefined)
          .map(show)
          .join(' '),
      )
      .join(', ');
    return [{ text: missingPort, object, keys: at, message: `Service ${name} has no such port`, allowed }];
  });
}

function backends(ingress: JsonObject): [Keys, JsonObject][] {
  const paths = listOf(valueAt(ingress, ['spec', 'rules'])).flatMap((rule, n) =>
    listOf(valueAt(rule, ['http', 'paths'])).map((_, i): Keys => [
      'spec',
      'rules',
      n,
      'http',
      'paths',
      i,
      'backend',
      'service',
    ]),
  );
  return [['spec', 'defaultBackend', 'service'] as Keys, ...paths].flatMap((keys): [Keys, JsonObject][] => {
    const service = valueAt(ingress, keys);
    return isObject(service) ? [[keys, service]] : [];
  });
}

/** The pods that Services and budgets select, and the port names that they offer. */
function selections(object: JsonObject, pods: TemplateIndex): ReferenceFinding[] {
  const kind = textOf(object['kind']);
  const namespace = namespaceOf(object);
  if (kind === 'PodDisruptionBudget') {
    const selector = valueAt(object, ['spec', 'selector']);
    if (pods.selected(namespace, selector).length > 0) return [];
    return [{ text: noPods, object, keys: ['spec', 'selector'], message: 'no pod of the namespace has these labels' }];
  }
  if (kind !== 'Service' || groupOf(object) !== '') return [];
  const wanted = textsOf(valueAt(object, ['spec', 'selector']));
  if (Object.keys(wanted).length === 0 || valueAt(object, ['spec', 'type']) === 'ExternalName') return [];
  const chosen = pods.withLabels(namespace, wanted);
  if (chosen.length === 0) {
    return [{ text: noPods, object, keys: ['spec', 'selector'], message: 'no pod of the namespace has these labels' }];
  }
  return listOf(valueAt(object, ['spec', 'ports'])).flatMap((port, n): ReferenceFinding[] => {
    const target = objectOf(port)['targetPort'];
    if (typeof target !== 'string') return [];
    const names = chosen.flatMap((template) => containersOf(template).flatMap(portNames));
    if (names.includes(target)) return [];
    const keys = ['spec', 'ports', n, 'targetPort'];
    return [
      {
        text: missingPort,
        object,
        keys,
        message: 'no pod of the Service has a port of this name',
        allowed: [...new Set(names)].join(', '),
      },
    ];
  });
}
