import type { EmittedObject, JsonObject } from '../../lib/verify/emitted';
import { fieldPath } from '../../lib/verify/object-path';
import { containersOf, podTemplatesOf } from '../../lib/verify/pods';

const POD = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'main' }] } };

function emitted(...objects: readonly JsonObject[]): { manifests: EmittedObject[] } {
  return { manifests: objects.map((object, document) => ({ file: 'dist/x.yaml', document, object })) };
}

function workload(apiVersion: string, kind: string, spec: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'n' }, spec: { template: POD, ...spec } };
}

const HPA: JsonObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'x', namespace: 'n' },
  spec: { maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
};

describe('pods of manifests', () => {
  test.each<
    [string, JsonObject[], { replicas: number | undefined; replicasAtMost: number | undefined; surge: number }]
  >([
    ['a Deployment', [workload('apps/v1', 'Deployment', {})], { replicas: 1, replicasAtMost: 1, surge: 1 }],
    [
      'a Deployment with an autoscaler',
      [workload('apps/v1', 'Deployment', { strategy: { rollingUpdate: { maxSurge: '20%' } } }), HPA],
      { replicas: 1, replicasAtMost: 10, surge: 2 },
    ],
    [
      'an autoscaler of another namespace',
      [workload('apps/v1', 'Deployment', {}), { ...HPA, metadata: { name: 'x', namespace: 'other' } }],
      { replicas: 1, replicasAtMost: 1, surge: 1 },
    ],
    [
      'a Deployment that is recreated',
      [workload('apps/v1', 'Deployment', { replicas: 4, strategy: { type: 'Recreate' } })],
      { replicas: 4, replicasAtMost: 4, surge: 0 },
    ],
    [
      'a StatefulSet',
      [workload('apps/v1', 'StatefulSet', { replicas: 3 })],
      { replicas: 3, replicasAtMost: 3, surge: 0 },
    ],
    [
      'a DaemonSet',
      [workload('apps/v1', 'DaemonSet', {})],
      { replicas: undefined, replicasAtMost: undefined, surge: 0 },
    ],
    [
      'a Job with fewer completions than parallel pods',
      [workload('batch/v1', 'Job', { parallelism: 5, completions: 2 })],
      { replicas: 2, replicasAtMost: 2, surge: 0 },
    ],
    [
      'a CronJob',
      [workload('batch/v1', 'CronJob', { jobTemplate: { spec: { parallelism: 2, template: POD } } })],
      { replicas: 2, replicasAtMost: 2, surge: 0 },
    ],
    ['a Pod', [{ apiVersion: 'v1', kind: 'Pod', ...POD }], { replicas: 1, replicasAtMost: 1, surge: 0 }],
  ])('%s', (_, objects, expected) => {
    const [template] = podTemplatesOf(emitted(...objects));
    expect(template).toMatchObject({ labels: { app: 'x' }, ...expected });
  });

  test.each<[string, JsonObject]>([
    ['no spec', { apiVersion: 'apps/v1', kind: 'Deployment' }],
    ['a template that is a text', workload('apps/v1', 'Deployment', { template: 'x' })],
    ['a kind of the same name in another group', workload('example.org/v1', 'Deployment', {})],
  ])('none of %s', (_, object) => {
    expect(podTemplatesOf(emitted(object))).toEqual([]);
  });

  test('containers have paths, in the order in which they start', () => {
    const spec = {
      containers: [{ name: 'a' }],
      initContainers: [{ name: 'b' }, { name: 'c', restartPolicy: 'Always' }],
    };
    const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
    const [template] = podTemplatesOf(emitted(object));
    if (template === undefined) throw new Error('no template');
    expect(containersOf(template).map((c) => [fieldPath(object, c.path), c.isSidecar])).toEqual([
      ['Pod/p.spec.initContainers[0]', false],
      ['Pod/p.spec.initContainers[1]', true],
      ['Pod/p.spec.containers[0]', false],
    ]);
  });
});
