import { App } from 'cdk8s';
import { TarsChart } from 'cdk8s-tars';
import { capacity } from '../../../lib/verify/capacity/capacity';
import type { EmittedSet, JsonObject } from '../../../lib/verify/emitted';
import { aContainer, aLimitRange, anObject, aQuota, aWorkload, emittedOf } from '../../support/emitted';
import { manifestsOf } from '../../support/manifests';

function prove(emitted: EmittedSet): readonly string[] {
  return capacity.prove({ emitted, systems: [] }).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

function issues(...objects: readonly JsonObject[]): readonly string[] {
  return prove(emittedOf(objects));
}

const CPU = (requests: string, limits = requests): JsonObject => aContainer({ cpu: requests }, { cpu: limits });
const SIDECAR = { restartPolicy: 'Always' };
const hpa = (maxReplicas: number, rest: JsonObject = {}): JsonObject =>
  anObject('HorizontalPodAutoscaler', 'web', {
    spec: { maxReplicas, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...rest },
  });

describe('a quota at the peak of the load', () => {
  test.each<[string, JsonObject[], JsonObject, string]>([
    [
      "replicas and a rolling update's surge, rounded up",
      [aWorkload('Deployment', { pod: { containers: [CPU('100m')] }, spec: { replicas: 10 } })],
      { 'requests.cpu': '1' },
      'requests.cpu"]: at the peak 1300m of requests.cpu are needed: Deployment/web: 10 replicas + 3 surge = 1300m',
    ],
    [
      "the autoscaler's maximum",
      [aWorkload('Deployment', { pod: { containers: [CPU('1')] }, spec: { strategy: { type: 'Recreate' } } }), hpa(10)],
      { cpu: '9' },
      'cpu: at the peak 10 of cpu are needed: Deployment/web: 10 replicas = 10',
    ],
    [
      'sidecars beside the containers',
      [
        aWorkload('StatefulSet', {
          pod: { containers: [CPU('1')], initContainers: [{ ...CPU('500m'), ...SIDECAR, name: 'sidecar' }] },
        }),
      ],
      { 'limits.cpu': '1' },
      'limits.cpu"]: at the peak 1500m of limits.cpu are needed: StatefulSet/web: 1 replica = 1500m',
    ],
    [
      'an init container that needs more than all others, beside the sidecar before it',
      [
        aWorkload('StatefulSet', {
          pod: {
            containers: [CPU('1')],
            initContainers: [
              { ...CPU('500m'), ...SIDECAR, name: 'sidecar' },
              { ...CPU('2'), name: 'init' },
            ],
          },
        }),
      ],
      { 'requests.cpu': '2' },
      'requests.cpu"]: at the peak 2500m of requests.cpu are needed: StatefulSet/web: 1 replica = 2500m',
    ],
    [
      'the overhead of a runtime class',
      [anObject('Pod', 'web', { spec: { containers: [CPU('1')], overhead: { cpu: '250m', memory: '1Gi' } } })],
      { 'requests.cpu': '1', 'limits.cpu': '2', pods: '1' },
      'requests.cpu"]: at the peak 1250m of requests.cpu are needed: Pod/web: 1 pod = 1250m',
    ],
    [
      'Jobs, as many pods as run at once',
      [aWorkload('Job', { spec: { parallelism: 4, completions: 3 } })],
      { pods: '2' },
      'pods: at the peak 3 of pods are needed: Job/web: 3 pods = 3',
    ],
    [
      'runs of a CronJob that overlap',
      [aWorkload('CronJob', { spec: { concurrencyPolicy: 'Allow' } })],
      { pods: '1' },
      'pods: at the peak 2 of pods are needed: CronJob/web: 2 runs that overlap × 1 = 2',
    ],
    [
      'claims of every replica',
      [
        aWorkload('StatefulSet', {
          spec: {
            replicas: 3,
            volumeClaimTemplates: [
              {
                metadata: { name: 'data' },
                spec: { storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } },
              },
            ],
          },
        }),
      ],
      { 'requests.storage': '20Gi', 'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '3' },
      'requests.storage"]: at the peak 30Gi of requests.storage are needed: StatefulSet/web: 3 claims data = 30Gi',
    ],
    [
      'ports on nodes of a load balancer',
      [anObject('Service', 'web', { spec: { type: 'LoadBalancer', ports: [{ port: 80 }, { port: 81 }] } })],
      { 'services.nodeports': '1', 'services.loadbalancers': '1' },
      'services.nodeports"]: at the peak 2 of services.nodeports are needed: Service/web = 2',
    ],
    [
      'objects by count, the history of a Deployment too',
      [aWorkload('Deployment', { spec: { revisionHistoryLimit: 2 } })],
      { 'count/deployments.apps': '1', 'count/replicasets.apps': '3' },
      'count/replicasets.apps"]: at the peak 4 of count/replicasets.apps are needed: Deployment/web: 4 ReplicaSets, 2 of them history = 4',
    ],
    [
      'a resource of a device',
      [
        aWorkload('Deployment', {
          pod: { containers: [aContainer({}, { 'nvidia.com/gpu': 1 })] },
          spec: { strategy: { rollingUpdate: { maxSurge: 1 } } },
        }),
      ],
      { 'requests.nvidia.com/gpu': 1 },
      'requests.nvidia.com/gpu"]: at the peak 2 of requests.nvidia.com/gpu are needed: Deployment/web: 1 replica + 1 surge = 2',
    ],
  ])('counts %s', (_, objects, hard, said) => {
    const key = said.includes('"]') ? `ResourceQuota/quota.spec.hard["` : 'ResourceQuota/quota.spec.hard.';
    expect(issues(aQuota(hard), ...objects)).toEqual([`TARS6201 ${key}${said}`]);
  });

  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['BestEffort', { scopes: ['BestEffort'] }, {}, true],
    ['BestEffort', { scopes: ['BestEffort'] }, { containers: [CPU('1')] }, false],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, { containers: [CPU('1')] }, true],
    ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 60 }, true],
    ['NotTerminating', { scopes: ['NotTerminating'] }, { activeDeadlineSeconds: 60 }, false],
    [
      'PriorityClass In',
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } },
      { priorityClassName: 'high' },
      true,
    ],
    [
      'PriorityClass NotIn',
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['high'] }] } },
      { priorityClassName: 'high' },
      false,
    ],
    [
      'CrossNamespacePodAffinity',
      { scopes: ['CrossNamespacePodAffinity'] },
      {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'x', namespaces: ['other'] }],
          },
        },
      },
      true,
    ],
  ])('with the scope %s counts what it is for (%#)', (_, scope, pod, counts) => {
    expect(issues(aQuota({ pods: '0' }, scope), aWorkload('StatefulSet', { pod }))).toHaveLength(counts ? 1 : 0);
  });

  test('of another namespace counts nothing', () => {
    const other = { ...aQuota({ pods: '0' }), metadata: { name: 'quota', namespace: 'other' } };
    expect(issues(other, aWorkload('Deployment'))).toEqual([]);
  });

  test('refuses a container that does not say what it counts, unless a LimitRange says it', () => {
    const quota = aQuota({ 'requests.cpu': '10', 'limits.memory': '10Gi' });
    expect(issues(quota, aWorkload('Deployment'))).toEqual([
      'TARS6202 Deployment/web.spec.template.spec.containers[0].resources: ResourceQuota/quota refuses every pod with this container: it must specify requests.cpu, limits.memory',
    ]);
    const limits = aLimitRange({ type: 'Container', default: { memory: '1Gi' }, defaultRequest: { cpu: '1' } });
    expect(issues(quota, aWorkload('Deployment'), limits)).toEqual([]);
  });

  test('takes the resources of the whole pod where the server knows them', () => {
    const objects = [
      aQuota({ 'requests.cpu': '1' }),
      aWorkload('StatefulSet', { pod: { resources: { limits: { cpu: '2' } } } }),
    ];
    expect(prove(emittedOf(objects, '1.34'))).toEqual([
      'TARS6201 ResourceQuota/quota.spec.hard["requests.cpu"]: at the peak 2 of requests.cpu are needed: StatefulSet/web: 1 replica = 2',
    ]);
    expect(prove(emittedOf(objects, '1.33'))).toEqual([expect.stringContaining('must specify requests.cpu')]);
  });
});

describe('a LimitRange', () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    [
      'a container above its maximum',
      { type: 'Container', max: { cpu: '1' } },
      { containers: [CPU('500m', '2')] },
      '.containers[0].resources: LimitRange/limits refuses it: maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      'a container below its minimum',
      { type: 'Container', min: { memory: '128Mi' } },
      { containers: [aContainer({ memory: '64Mi' })] },
      '.containers[0].resources: LimitRange/limits refuses it: minimum memory usage per Container is 128Mi, but request is 64Mi',
    ],
    [
      'an init container, too',
      { type: 'Container', max: { cpu: '1' } },
      { initContainers: [CPU('2')] },
      '.initContainers[0].resources: LimitRange/limits refuses it: maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      'a pod whose sidecar is too much',
      { type: 'Pod', max: { cpu: '1' } },
      { containers: [CPU('1')], initContainers: [{ ...CPU('500m'), ...SIDECAR, name: 'sidecar' }] },
      ': LimitRange/limits refuses it: maximum cpu usage per Pod is 1, but limit is 1500m',
    ],
    [
      'a pod without the limit',
      { type: 'Pod', max: { cpu: '1' } },
      {},
      ': LimitRange/limits refuses it: maximum cpu usage per Pod is 1.  No limit is specified',
    ],
    [
      'limits too far from requests',
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { containers: [CPU('100m', '250m')] },
      '.containers[0].resources: LimitRange/limits refuses it: cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000',
    ],
  ])('refuses %s', (_, item, pod, said) => {
    expect(issues(aLimitRange(item), aWorkload('Deployment', { pod }))).toEqual([
      `TARS6203 Deployment/web.spec.template.spec${said}`,
    ]);
  });

  test('refuses a claim', () => {
    const claim = anObject('PersistentVolumeClaim', 'data', { spec: { resources: { requests: { storage: '10Gi' } } } });
    expect(issues(aLimitRange({ type: 'PersistentVolumeClaim', max: { storage: '5Gi' } }), claim)).toEqual([
      'TARS6203 PersistentVolumeClaim/data.spec.resources.requests.storage: LimitRange/limits refuses it: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    ]);
  });

  test('whose default is below a request makes the pod invalid', () => {
    const container = aContainer({ cpu: '1' });
    expect(
      issues(
        aLimitRange({ type: 'Container', default: { cpu: '500m' } }),
        aWorkload('Deployment', { pod: { containers: [container] } }),
      ),
    ).toEqual([
      'TARS6204 Deployment/web.spec.template.spec.containers[0].resources: the defaults of the LimitRange make a container that asks for more cpu than it may use',
    ]);
  });
});

describe('connections of a database', () => {
  const database = aWorkload('StatefulSet', {
    name: 'db',
    pod: { containers: [{ name: 'main', image: 'postgres:15.14', args: ['postgres', '-c', 'max_connections=50'] }] },
  });
  const service = anObject('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 5432 }] } });
  const client = (env: Readonly<Record<string, string>>): JsonObject =>
    aWorkload('Deployment', {
      pod: {
        containers: [{ name: 'main', env: Object.entries(env).map(([name, value]) => ({ name, value })) }],
      },
      spec: { strategy: { rollingUpdate: { maxSurge: 1 } } },
    });
  const URL = 'postgresql://tars@db:5432/tars_db';

  test.each<[string, JsonObject, string | undefined]>([
    [
      'replicas × workers × pool',
      client({ DATABASE_URL: URL, API_WORKERS: '4', DB_POOL_SIZE: '5' }),
      'clients open up to 223 connections at the peak: Deployment/web: 11 pods × 4 workers × 5 = 220 + 3 reserved',
    ],
    [
      'a pool that the URL says',
      client({ DATABASE_URL: `${URL}?connection_limit=10` }),
      'clients open up to 113 connections at the peak: Deployment/web: 11 pods × 1 workers × 10 = 110 + 3 reserved',
    ],
    [
      'a host in a variable, and an overflow',
      client({ PGHOST: 'db.n.svc', DB_POOL_SIZE: '5', DB_MAX_OVERFLOW: '10' }),
      'clients open up to 168 connections at the peak: Deployment/web: 11 pods × 1 workers × (5 + 10) = 165 + 3 reserved',
    ],
    [
      'clients of another database',
      client({ DATABASE_URL: URL.replace('@db', '@other'), DB_POOL_SIZE: '50' }),
      undefined,
    ],
    ['clients that fit', client({ DATABASE_URL: URL, DB_POOL_SIZE: '4' }), undefined],
    ['a pool that nobody can read', client({ DATABASE_URL: URL }), undefined],
  ])('count %s', (_, workload, said) => {
    const found = issues(database, service, workload, hpa(10));
    expect(found).toEqual(
      said === undefined ? [] : [`TARS6205 StatefulSet/db.spec.template.spec.containers[0]: ${said}`],
    );
  });
});

describe('a client of another namespace', () => {
  const database = aWorkload('StatefulSet', {
    name: 'db',
    pod: { containers: [{ name: 'main', image: 'postgres:15.14', args: ['-c', 'max_connections=50'] }] },
  });
  const service = anObject('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 5432 }] } });
  const client = (host: string): JsonObject => {
    const workload = aWorkload('Deployment', {
      pod: {
        containers: [
          { name: 'main', env: [{ name: 'DATABASE_URL', value: `postgresql://${host}/db?connection_limit=60` }] },
        ],
      },
    });
    return { ...workload, metadata: { name: 'web', namespace: 'elsewhere' } };
  };

  test.each<[host: string, errors: number]>([
    ['db', 0], // the Service of that name in its own namespace, if there is one
    ['db.elsewhere', 0],
    ['db.n', 1],
    ['db.n.svc.cluster.local', 1],
  ])('that connects to %s gives %d errors', (host, errors) => {
    expect(issues(database, service, client(host))).toHaveLength(errors);
  });
});

describe('autoscalers', () => {
  const utilization = {
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } }],
  };

  test('two for one workload fight', () => {
    const keda = anObject('ScaledObject', 'web', { spec: { scaleTargetRef: { name: 'web' } } });
    expect(issues(aWorkload('Deployment'), hpa(3), keda)).toEqual([
      'TARS6206 ScaledObject/web.spec.scaleTargetRef: two autoscalers steer Deployment/web: KEDA makes a HorizontalPodAutoscaler of its own for a ScaledObject, and the two fight',
    ]);
  });

  test('for nothing scale nothing', () => {
    expect(issues(hpa(3))).toEqual([
      'TARS6207 HorizontalPodAutoscaler/web.spec.scaleTargetRef: the autoscaler has nothing to steer',
    ]);
  });

  test('need the request that they take a share of', () => {
    expect(issues(aWorkload('Deployment'), hpa(3, utilization))).toEqual([
      'TARS6208 Deployment/web.spec.template.spec.containers[0].resources.requests: HorizontalPodAutoscaler/web scales by a share of requests.cpu, and this container has none: the metric is invalid',
    ]);
    expect(issues(aWorkload('Deployment', { pod: { containers: [CPU('1')] } }), hpa(3, utilization))).toEqual([]);
  });
});

test('the TARS stack has room for itself', () => {
  const chart = new TarsChart(new App(), 'tars');
  expect(prove(emittedOf(manifestsOf(chart) as unknown as JsonObject[]))).toEqual([]);
});
