import { diagnoseKubernetes } from '../../../lib/ops/doctor/diagnose';
import type { KubernetesSnapshot } from '../../../lib/ops/doctor/kubernetes-snapshot';
import { aCertificate, aCluster, ago, aLog, anAttempt, anEvent, anObject, aPod, aWorkload } from './snapshots';

type Row = readonly [what: string, snapshot: KubernetesSnapshot, code: string, object: string, affected?: string[]];

const waiting = (reason: string, message = ''): object => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, reason = 'Error', more: object = {}): object => ({
  terminated: { exitCode, reason, finishedAt: ago(20), ...more },
});
const crashing = (exitCode: number, reason?: string, more?: object): object => ({
  ...waiting('CrashLoopBackOff'),
  lastState: ended(exitCode, reason, more),
  restartCount: 3,
});
const notReady = (component: string, state: object = {}, more: object = {}): ReturnType<typeof aPod> =>
  aPod(component, { ready: false, state, ...more });
const unhealthy = (component: string, message: string): ReturnType<typeof anEvent> =>
  anEvent('Pod', `shop-${component}-1-a`, 'Unhealthy', message);
const refusedBy = (message: string): ReturnType<typeof aWorkload> =>
  aWorkload('api', {
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }] },
  });
const pending = (message: string): ReturnType<typeof aPod> =>
  notReady(
    'api',
    {},
    {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
        containerStatuses: [],
      },
    },
  );
const claim = (name: string, spec: object = {}, phase = 'Pending'): ReturnType<typeof anObject> =>
  anObject('PersistentVolumeClaim', name, 'api', { spec, status: { phase } });
const usesClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const scalingInactive = (reason: string): ReturnType<typeof anObject> =>
  anObject('HorizontalPodAutoscaler', 'shop-api', 'api', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop-api' } },
    status: { conditions: [{ type: 'ScalingActive', status: 'False', reason, message: 'no metrics' }] },
  });
const stranger = { kind: 'NetworkPolicy', metadata: { name: 'closed' }, spec: { podSelector: {} } };
const policyEdited = anObject('NetworkPolicy', 'shop-db', 'db', {
  spec: { podSelector: { matchLabels: { component: 'db' } }, ingress: [] },
});
const balancer = (seconds: number, status: object = {}): ReturnType<typeof anObject> => ({
  ...anObject('Service', 'shop-api', 'api', { spec: { type: 'LoadBalancer', selector: { component: 'api' } }, status }),
  metadata: { ...anObject('Service', 'shop-api', 'api').metadata, creationTimestamp: ago(seconds) },
});
const evicted = (seconds: number): ReturnType<typeof aPod> =>
  notReady(
    'api',
    {},
    {
      metadata: { name: 'shop-api-1-old' },
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "tmp" exceeds the limit "1Mi".',
        conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(seconds) }],
        containerStatuses: [],
      },
    },
  );
/** The database was given another version. */
const updating = (pods: readonly ReturnType<typeof aPod>[], spec: object = {}): KubernetesSnapshot => {
  const set = aWorkload('db');
  return aCluster([
    { ...set, spec: { ...(set['spec'] as object), ...spec }, status: { replicas: 1, updateRevision: 'new' } },
    ...pods,
  ]);
};
const oldPod = (state: object, metadata: object = {}): ReturnType<typeof aPod> => {
  const labels = { ...aPod('db').metadata.labels, 'controller-revision-hash': 'old' };
  return notReady('db', state, { metadata: { name: 'shop-db-0', labels, creationTimestamp: ago(30), ...metadata } });
};
/** Deleted, and so many seconds past its end. */
const ending = (component: string, seconds: number, metadata: object = {}): ReturnType<typeof aPod> =>
  aPod(component, { metadata: { name: `shop-${component}-old`, deletionTimestamp: ago(seconds), ...metadata } });
const nodeWith = (status: string): ReturnType<typeof anObject> => ({
  kind: 'Node',
  metadata: { name: 'node' },
  status: { conditions: [{ type: 'Ready', status }] },
});
const is = (type: string, status: string, more: object = {}): object => ({
  ...{ type, status, reason: 'Reason', message: `${type} is ${status}`, lastTransitionTime: '1970-01-01T00:00:00Z' },
  ...more,
});
const aged = (object: ReturnType<typeof anObject>, seconds: number): ReturnType<typeof anObject> => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp: ago(seconds) },
});
const gateway = (status: object, seconds = 3600): ReturnType<typeof anObject> =>
  aged(anObject('Gateway', 'shop-gateway', '', { spec: { gatewayClassName: 'nginx' }, status }), seconds);
const route = (parents: readonly object[], seconds = 3600): ReturnType<typeof anObject> =>
  aged(
    anObject('HTTPRoute', 'shop-local', '', {
      spec: { parentRefs: [{ kind: 'Gateway', name: 'shop-gateway' }] },
      status: { parents },
    }),
    seconds,
  );
const SERVED = { conditions: [is('Accepted', 'True'), is('Programmed', 'True')] };
const FOLLOWED = [{ conditions: [is('Accepted', 'True'), is('ResolvedRefs', 'True')] }];
const JOB = { spec: { template: { spec: { containers: [] } } } };
const SELECTOR = { app: 'shop', component: 'none' };

/** A row by the names of its columns. */
function named([what, snapshot, code, object, affected = []]: Row): {
  readonly what: string;
  readonly snapshot: KubernetesSnapshot;
  readonly code: string;
  readonly object: string;
  readonly affected: readonly string[];
} {
  return { what, snapshot, code, object, affected };
}

const FAULTS: readonly Row[] = [
  ['a container that exits', aCluster([notReady('api', crashing(1))]), 'TARS7301', 'Deployment/shop-api'],
  [
    'a container that is done and should not be',
    aCluster([notReady('api', crashing(0, 'Completed'))]),
    'TARS7301',
    'Deployment/shop-api',
  ],
  [
    'a wrong tag',
    aCluster([notReady('api', waiting('ImagePullBackOff', 'not found'))]),
    'TARS7302',
    'Deployment/shop-api',
  ],
  [
    'an image that nobody has loaded',
    aCluster([notReady('api', waiting('ErrImageNeverPull'))]),
    'TARS7302',
    'Deployment/shop-api',
  ],
  [
    'a Secret that is deleted',
    aCluster([], { secrets: { 'shop-tls': ['tls.crt'] } }),
    'TARS7303',
    'Secret/shop-secrets',
    ['Deployment/shop-api', 'Deployment/shop-web', 'StatefulSet/shop-db'],
  ],
  [
    'a key that is gone',
    aCluster([notReady('api', waiting('CreateContainerConfigError', "couldn't find key PASSWORD in Secret"))], {
      secrets: { 'shop-secrets': [], 'shop-tls': ['tls.crt'] },
    }),
    'TARS7303',
    'Secret/shop-secrets',
    ['Deployment/shop-api', 'Deployment/shop-web', 'StatefulSet/shop-db'],
  ],
  ['too little memory', aCluster([notReady('api', crashing(137, 'OOMKilled'))]), 'TARS7304', 'Deployment/shop-api'],
  [
    'too little memory even to start',
    aCluster([
      notReady(
        'api',
        crashing(128, 'StartError', { message: 'container init was OOM-killed (memory limit too low?)' }),
      ),
    ]),
    'TARS7304',
    'Deployment/shop-api',
  ],
  [
    'too little memory a minute ago',
    aCluster([aPod('api', { state: { lastState: ended(137, 'OOMKilled'), restartCount: 1 } })]),
    'TARS7304',
    'Deployment/shop-api',
  ],
  [
    'a class that does not exist',
    aCluster([
      claim('data', { storageClassName: 'fast' }),
      pending('pod has unbound immediate PersistentVolumeClaims'),
      aPod('api', { metadata: { name: 'b' }, spec: usesClaim }),
    ]),
    'TARS7305',
    'PersistentVolumeClaim/data',
    ['Deployment/shop-api'],
  ],
  [
    'a volume that could not be made',
    aCluster([
      claim('data', { storageClassName: 'standard' }),
      anEvent('PersistentVolumeClaim', 'data', 'ProvisioningFailed', 'no space'),
    ]),
    'TARS7305',
    'PersistentVolumeClaim/data',
  ],
  [
    'no default class',
    aCluster([
      claim('data'),
      claim('more'),
      anEvent('PersistentVolumeClaim', 'data', 'FailedBinding', 'no storage class is set'),
      anEvent('PersistentVolumeClaim', 'more', 'FailedBinding', 'no storage class is set'),
    ]),
    'TARS7305',
    'the default StorageClass',
    ['PersistentVolumeClaim/data', 'PersistentVolumeClaim/more'],
  ],
  [
    'a volume that is lost',
    aCluster([claim('data', { volumeName: 'pv-1' }, 'Lost')]),
    'TARS7305',
    'PersistentVolumeClaim/data',
  ],
  [
    'a label that no node has',
    aCluster([pending("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")]),
    'TARS7306',
    'Deployment/shop-api',
  ],
  [
    'more CPU than there is',
    aCluster([pending('0/1 nodes are available: 1 Insufficient cpu.')]),
    'TARS7306',
    'Deployment/shop-api',
  ],
  [
    'a quota that is full',
    aCluster([
      refusedBy('pods "a" is forbidden: exceeded quota: shop-quota, requested: pods=1, used: pods=3, limited: pods=3'),
    ]),
    'TARS7307',
    'ResourceQuota/shop-quota',
    ['Deployment/shop-api'],
  ],
  [
    'a pod that is not restricted enough',
    aCluster([refusedBy('pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged')]),
    'TARS7308',
    'Deployment/shop-api',
  ],
  [
    'a StatefulSet whose pods are refused',
    aCluster([
      aWorkload('db', { status: { replicas: 0 } }),
      anEvent('StatefulSet', 'shop-db', 'FailedCreate', 'forbidden: violates PodSecurity "restricted:latest"'),
    ]),
    'TARS7308',
    'StatefulSet/shop-db',
  ],
  [
    'a probe of the wrong path',
    aCluster([notReady('api'), unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 404')]),
    'TARS7309',
    'Deployment/shop-api',
  ],
  [
    'a liveness probe that kills',
    aCluster([
      notReady('api', crashing(137)),
      unhealthy('api', 'Liveness probe failed: HTTP probe failed with statuscode: 404'),
      anEvent('Pod', 'shop-api-1-a', 'Killing', 'Container api failed liveness probe, will be restarted'),
    ]),
    'TARS7309',
    'Deployment/shop-api',
  ],
  [
    'a selector that finds nothing',
    aCluster([anObject('Service', 'shop-api', 'api', { spec: { selector: SELECTOR } })]),
    'TARS7310',
    'Service/shop-api',
  ],
  [
    'a port that no pod has',
    aCluster([
      anObject('Service', 'shop-api', 'api', {
        spec: { selector: { component: 'api' }, ports: [{ port: 1, targetPort: 'other' }] },
      }),
    ]),
    'TARS7310',
    'Service/shop-api',
  ],
  [
    'a DNS that one component does not reach',
    aCluster([stranger], { attempts: [anAttempt('api', 'db', 'no-dns'), anAttempt('web', 'api', 'open')] }),
    'TARS7311',
    'NetworkPolicy/closed',
    ['Deployment/shop-api'],
  ],
  [
    'a DNS that is down',
    aCluster([], { attempts: [anAttempt('api', 'db', 'no-dns'), anAttempt('web', 'api', 'no-dns')] }),
    'TARS7311',
    'the DNS of the cluster',
  ],
  [
    'a policy that drops',
    aCluster([stranger], { attempts: [anAttempt('api', 'db', 'timeout')] }),
    'TARS7312',
    'NetworkPolicy/closed',
    ['Deployment/shop-api -> shop-db:8000'],
  ],
  [
    'no answer from a server that is ready',
    aCluster([], { attempts: [anAttempt('api', 'db', 'timeout')] }),
    'TARS7312',
    'Deployment/shop-api -> shop-db:8000',
  ],
  [
    'a policy that refuses',
    aCluster([policyEdited], { attempts: [anAttempt('api', 'db', 'refused')] }),
    'TARS7312',
    'NetworkPolicy/shop-db',
    ['Deployment/shop-api -> shop-db:8000'],
  ],
  [
    'nobody at the port',
    aCluster([], { attempts: [anAttempt('api', 'db', 'refused')] }),
    'TARS7313',
    'Deployment/shop-api -> shop-db:8000',
  ],
  [
    'another password',
    aCluster([notReady('api'), unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 503')], {
      logs: [{ ...aLog('db', 'FATAL: password authentication failed for user "shop"'), component: 'db' }],
    }),
    'TARS7314',
    'StatefulSet/shop-db',
    ['Deployment/shop-api'],
  ],
  [
    'a volume that is full',
    aCluster([notReady('db', crashing(1))], { logs: [aLog('db', 'PANIC: No space left on device', true)] }),
    'TARS7323',
    'StatefulSet/shop-db',
  ],
  [
    'a pod of an earlier version that a StatefulSet does not replace',
    updating([oldPod(waiting('ImagePullBackOff', 'not found'))]),
    'TARS7327',
    'StatefulSet/shop-db',
  ],
  [
    'one that has not been ready for long',
    updating([oldPod({}, { creationTimestamp: ago(400) })]),
    'TARS7327',
    'StatefulSet/shop-db',
  ],
  [
    'one that Parallel replaces by itself: only its own fault',
    updating([oldPod(waiting('ImagePullBackOff', 'not found'))], { podManagementPolicy: 'Parallel' }),
    'TARS7302',
    'StatefulSet/shop-db',
  ],
  ['a pod that was evicted and made anew', aCluster([evicted(60)]), 'TARS7323', 'Deployment/shop-api'],
  ['a namespace in which nothing of it is', aCluster([], { objects: [] }), 'TARS7318', 'Namespace/shop'],
  ['a load balancer without an address', aCluster([balancer(3600)]), 'TARS7326', 'Service/shop-api'],
  [
    'a load balancer that could not be made',
    aCluster([balancer(3600), anEvent('Service', 'shop-api', 'SyncLoadBalancerFailed', 'quota')]),
    'TARS7326',
    'Service/shop-api',
  ],
  [
    'an Ingress of a class that is not there',
    aCluster([anObject('Ingress', 'shop', '', { spec: { ingressClassName: 'other' } })]),
    'TARS7326',
    'IngressClass/other',
    ['Ingress/shop'],
  ],
  [
    'no metrics',
    aCluster([scalingInactive('FailedGetResourceMetric')], { metricsServed: false }),
    'TARS7315',
    'HorizontalPodAutoscaler/shop-api',
  ],
  [
    'an expired certificate',
    aCluster([], { certificates: [aCertificate('Secret/shop-tls', -3, -1)] }),
    'TARS7316',
    'Secret/shop-tls',
    ['Ingress/shop'],
  ],
  [
    'a certificate of tomorrow',
    aCluster([], { certificates: [aCertificate('Secret/shop-tls', 1, 3)] }),
    'TARS7316',
    'Secret/shop-tls',
    ['Ingress/shop'],
  ],
  [
    'a certificate of others',
    aCluster([], { certificates: [{ ...aCertificate('Secret/shop-tls'), hosts: ['other.local'] }] }),
    'TARS7316',
    'Secret/shop-tls',
    ['Ingress/shop'],
  ],
  [
    'no certificate',
    aCluster([], { secrets: { 'shop-secrets': ['PASSWORD'] } }),
    'TARS7316',
    'Secret/shop-tls',
    ['Ingress/shop'],
  ],
  [
    'a node that is gone',
    aCluster([
      {
        kind: 'Node',
        metadata: { name: 'node' },
        status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
      } as ReturnType<typeof anObject>,
    ]),
    'TARS7317',
    'Node/node',
    ['Deployment/shop-api', 'Deployment/shop-web', 'StatefulSet/shop-db'],
  ],
  ['no namespace', { ...aCluster(), namespaceExists: false, objects: [] }, 'TARS7318', 'Namespace/shop'],
  [
    'a workload that is deleted',
    aCluster([], { without: ['Deployment/shop-web', 'Pod/shop-web-1-a'] }),
    'TARS7318',
    'Deployment/shop-web',
  ],
  [
    'a workload that is switched off',
    aCluster([aWorkload('web', { spec: { replicas: 0, template: { spec: { containers: [] } } } })], {
      without: ['Pod/shop-web-1-a'],
    }),
    'TARS7318',
    'Deployment/shop-web',
  ],
  [
    'a command that is not there',
    aCluster([
      notReady('api', crashing(128, 'StartError', { message: 'exec: "x": executable file not found in $PATH' })),
    ]),
    'TARS7320',
    'Deployment/shop-api',
  ],
  [
    'a volume that is not mounted',
    aCluster([
      notReady('api', waiting('ContainerCreating')),
      anEvent('Pod', 'shop-api-1-a', 'FailedMount', 'no such device'),
    ]),
    'TARS7320',
    'Deployment/shop-api',
  ],
  [
    'files of somebody else',
    aCluster([notReady('api', crashing(1))], { logs: [aLog('api', 'open /data/x: permission denied', true)] }),
    'TARS7321',
    'Deployment/shop-api',
  ],
  [
    'a pod that a finalizer keeps',
    aCluster([ending('api', 150, { finalizers: ['example.com/wait'] })]),
    'TARS7328',
    'Deployment/shop-api',
  ],
  ['a pod of a StatefulSet that does not end', aCluster([ending('db', 150)]), 'TARS7328', 'StatefulSet/shop-db'],
  [
    'a node that is gone, of which every pod is on its way out',
    aCluster([nodeWith('Unknown'), ending('db', 900)], {
      without: ['Pod/shop-web-1-a', 'Pod/shop-api-1-a', 'Pod/shop-db-1-a'],
    }),
    'TARS7317',
    'Node/node',
    ['StatefulSet/shop-db'],
  ],
  [
    'a Gateway that no controller takes, and its route',
    aCluster([gateway({ conditions: [is('Accepted', 'Unknown'), is('Programmed', 'Unknown')] }), route([])]),
    'TARS7329',
    'Gateway/shop-gateway',
    ['HTTPRoute/shop-local'],
  ],
  [
    'a Gateway whose status says nothing',
    aCluster([gateway({}), route(FOLLOWED)]),
    'TARS7329',
    'Gateway/shop-gateway',
    ['HTTPRoute/shop-local'],
  ],
  [
    'a listener without its certificate',
    aCluster([gateway({ ...SERVED, listeners: [{ name: 'https-0', conditions: [is('ResolvedRefs', 'False')] }] })]),
    'TARS7329',
    'Gateway/shop-gateway',
  ],
  [
    'a route that is not accepted',
    aCluster([gateway(SERVED), route([{ conditions: [is('Accepted', 'False'), is('ResolvedRefs', 'True')] }])]),
    'TARS7330',
    'HTTPRoute/shop-local',
  ],
  [
    'a route that leads nowhere',
    aCluster([gateway(SERVED), route([{ conditions: [is('Accepted', 'True'), is('ResolvedRefs', 'False')] }])]),
    'TARS7330',
    'HTTPRoute/shop-local',
  ],
  ['a route of a Gateway that is not there', aCluster([route([])]), 'TARS7330', 'HTTPRoute/shop-local'],
  ['something unknown', aCluster([notReady('api', waiting('ContainerCreating'))]), 'TARS7325', 'Deployment/shop-api'],
];

test.each(FAULTS.map(named))('$what', ({ snapshot, code, object, affected }) => {
  const findings = diagnoseKubernetes(snapshot);
  expect(findings.map((one) => [one.code, one.object])).toEqual([[code, object]]);
  const [{ evidence, cause, remedies, affected: others } = { evidence: [], cause: '', remedies: [], affected: [] }] =
    findings;
  expect(others).toEqual(affected);
  expect(evidence.join('')).not.toBe('');
  expect(cause).not.toBe('');
  expect(remedies.filter((line) => !line.startsWith('#'))).not.toEqual([]);
});

test('where nobody serves metrics it is said before a pod is ready: waiting does not help', () => {
  const codesWith = (metricsServed: boolean): string[] =>
    diagnoseKubernetes(
      aCluster([scalingInactive('FailedGetResourceMetric'), notReady('api', waiting('ContainerCreating'))], {
        metricsServed,
      }),
    ).map(({ code }) => code);
  expect(codesWith(false)).toContain('TARS7315');
  expect(codesWith(true)).not.toContain('TARS7315');
});

test.each([
  [
    'a cluster without any class of storage: there is none to mark',
    aCluster([claim('data'), anEvent('PersistentVolumeClaim', 'data', 'FailedBinding', 'no storage class is set')], {
      without: ['StorageClass/standard'],
    }),
    /install whoever makes volumes/,
  ],
  [
    'a certificate that nobody has made: it can be given by hand',
    aCluster([], { secrets: { 'shop-secrets': ['PASSWORD'] } }),
    /kubectl -n shop create secret tls shop-tls --cert=/,
  ],
])('the remedy fits %s', (_, snapshot, remedy) => {
  const [finding] = diagnoseKubernetes(snapshot);
  expect(finding?.remedies.join('\n')).toMatch(remedy);
});

const dbDown = notReady('db', crashing(1));
test('the pod of a task that has failed for good is not said to be started again', () => {
  const findings = diagnoseKubernetes(
    aCluster(
      [
        anObject('Job', 'shop-api-migrate', 'api-migrate', {
          ...JOB,
          status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
        }),
        aPod('api-migrate', {
          ready: false,
          metadata: { ownerReferences: [{ kind: 'Job', name: 'shop-api-migrate' }] },
          state: { state: ended(1) },
          status: { phase: 'Failed' },
        }),
      ],
      { expected: [anObject('Job', 'shop-api-migrate', 'api-migrate')] },
    ),
  );
  expect(findings.map(({ code, object }) => [code, object])).toEqual([['TARS7324', 'Job/shop-api-migrate']]);
});

const COMPLAINT = 'PHP Warning: session_start(): open(/var/lib/php/sessions/a) failed: Read-only file system (30)';
test('what a container complains of while it runs is not why its probe kills it', () => {
  const findings = diagnoseKubernetes(
    aCluster(
      [
        notReady('api', crashing(137)),
        unhealthy('api', 'Liveness probe failed: dial tcp 10.0.0.1:1: connect: connection refused'),
        anEvent('Pod', 'shop-api-1-a', 'Killing', 'Container api failed liveness probe, will be restarted'),
      ],
      { logs: [aLog('api', COMPLAINT, true)] },
    ),
  );
  expect(findings.map(({ code, object }) => [code, object])).toEqual([['TARS7309', 'Deployment/shop-api']]);
});

const CONSEQUENCES: readonly Row[] = [
  [
    'whoever needs a database that crashes',
    aCluster([
      dbDown,
      notReady('api'),
      unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
      notReady('web', crashing(1)),
    ]),
    'TARS7301',
    'StatefulSet/shop-db',
    ['Deployment/shop-api', 'Deployment/shop-web'],
  ],
  [
    'a crash for want of what a Secret had',
    aCluster([notReady('api', crashing(1))], { secrets: { 'shop-secrets': [], 'shop-tls': ['tls.crt'] } }),
    'TARS7303',
    'Secret/shop-secrets',
    ['Deployment/shop-api', 'Deployment/shop-web', 'StatefulSet/shop-db'],
  ],
  [
    'a probe that fails since a way is closed',
    aCluster(
      [stranger, notReady('api'), unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
      {
        attempts: [anAttempt('api', 'db', 'timeout')],
      },
    ),
    'TARS7312',
    'NetworkPolicy/closed',
    ['Deployment/shop-api', 'Deployment/shop-api -> shop-db:8000'],
  ],
  [
    'connections to a Service that finds nothing',
    aCluster([anObject('Service', 'shop-db', 'db', { spec: { selector: SELECTOR } })], {
      attempts: [anAttempt('api', 'db', 'refused')],
    }),
    'TARS7310',
    'Service/shop-db',
    ['Deployment/shop-api -> shop-db:8000'],
  ],
];

test.each(CONSEQUENCES.map(named))('not reported by itself: $what', ({ snapshot, code, object, affected }) => {
  expect(diagnoseKubernetes(snapshot).map((one) => [one.code, one.object, one.affected])).toEqual([
    [code, object, affected],
  ]);
});

const old = { finishedAt: ago(3600) };
const NEAR_MISSES: readonly (readonly [string, KubernetesSnapshot])[] = [
  ['all is well', aCluster()],
  [
    'an apply that is under way',
    aCluster([], { objects: [{ ...balancer(2), metadata: { ...balancer(2).metadata, name: 'shop-db' } }] }),
  ],
  [
    'a refusal of a StatefulSet after which a pod was made',
    aCluster([
      aWorkload('db', { spec: { replicas: 2, template: { spec: { containers: [] } } } }),
      { ...anEvent('StatefulSet', 'shop-db', 'FailedCreate', 'exceeded quota: q, used'), lastTimestamp: ago(20) },
      anEvent('StatefulSet', 'shop-db', 'SuccessfulCreate', 'created'),
    ]),
  ],
  ['a pod of an earlier version that still starts', updating([oldPod(waiting('ContainerCreating'))])],
  [
    'one below the partition',
    updating([oldPod({}, { creationTimestamp: ago(60) })], { updateStrategy: { rollingUpdate: { partition: 1 } } }),
  ],
  ['one that is on its way out', updating([oldPod(waiting('ImagePullBackOff'), { deletionTimestamp: ago(1) })])],
  ['a pod that was evicted an hour ago', aCluster([evicted(3600)])],
  ['a load balancer that was asked for a moment ago', aCluster([balancer(30)])],
  [
    'a load balancer that somebody is making',
    aCluster([balancer(3600), anEvent('Service', 'shop-api', 'EnsuringLoadBalancer', 'Ensuring load balancer')]),
  ],
  ['a load balancer with an address', aCluster([balancer(3600, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })])],
  [
    'the first run of a task, which has failed, and the second one has not',
    aCluster([
      anObject('Job', 'shop-api-migrate', 'api', {
        ...JOB,
        status: { conditions: [{ type: 'Complete', status: 'True' }] },
      }),
      aPod('api', {
        ready: false,
        metadata: { name: 'shop-api-migrate-a', ownerReferences: [{ kind: 'Job', name: 'shop-api-migrate' }] },
        state: { state: ended(1) },
        status: { phase: 'Failed' },
      }),
    ]),
  ],
  [
    'a headless Service none of whose pods is ready yet',
    aCluster([aPod('db', { ready: false, metadata: { creationTimestamp: ago(5) } })], {
      attempts: [anAttempt('api', 'db', 'no-name')],
    }),
  ],
  ['a crash an hour ago', aCluster([aPod('api', { state: { restartCount: 4, lastState: ended(1, 'Error', old) } })])],
  [
    'out of memory an hour ago',
    aCluster([aPod('api', { state: { restartCount: 4, lastState: ended(137, 'OOMKilled', old) } })]),
  ],
  ['a crash just now, and ready again', aCluster([aPod('api', { state: { restartCount: 1, lastState: ended(1) } })])],
  [
    'a pod that is about to go away',
    aCluster([
      notReady('api', crashing(1), { metadata: { deletionTimestamp: ago(1) } }),
      aPod('api', { metadata: { name: 'b' } }),
    ]),
  ],
  ['a pod that has still time to end', aCluster([ending('api', 60), ending('db', -30)])],
  ['a pod of somebody else that does not end', aCluster([ending('api', 900, { labels: {} })])],
  ['a Gateway that serves, and its route', aCluster([gateway(SERVED), route(FOLLOWED)])],
  ['a Gateway that was made a moment ago, and its route', aCluster([gateway({}, 30), route([], 30)])],
  [
    'a route that has just changed',
    aCluster([
      gateway(SERVED),
      route([{ conditions: [is('Accepted', 'False', { lastTransitionTime: ago(20) }), is('ResolvedRefs', 'True')] }]),
    ]),
  ],
  ['a pod of somebody else', aCluster([notReady('api', crashing(1), { metadata: { name: 'x', labels: {} } })])],
  [
    'a pod that is starting',
    aCluster([
      notReady('api', { state: { running: { startedAt: ago(8) } } }, { metadata: { creationTimestamp: ago(9) } }),
      unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    ]),
  ],
  [
    'a pod whose image is being pulled',
    aCluster([notReady('api', waiting('ContainerCreating'), { metadata: { creationTimestamp: ago(60) } })]),
  ],
  [
    'a mount that failed at the first try, seconds ago',
    aCluster([
      notReady('api', waiting('ContainerCreating'), { metadata: { creationTimestamp: ago(20) } }),
      anEvent('Pod', 'shop-api-1-a', 'FailedMount', 'no relation found'),
    ]),
  ],
  [
    'a probe that failed, and passes',
    aCluster([unhealthy('api', 'Readiness probe failed: HTTP probe failed with statuscode: 503')]),
  ],
  ['a claim that waits for its first pod', aCluster([claim('data', { storageClassName: 'standard' })])],
  [
    'a refusal that is mended',
    aCluster([anEvent('Deployment', 'shop-api', 'FailedCreate', 'exceeded quota: q, requested: pods=1')]),
  ],
  ['a Service whose pods are all refused', aCluster([], { without: ['Pod/shop-web-1-a'] })],
  [
    'a server that is starting',
    aCluster(
      [notReady('db', { state: { running: { startedAt: ago(3) } } }, { metadata: { creationTimestamp: ago(5) } })],
      { attempts: [anAttempt('api', 'db', 'refused')] },
    ),
  ],
  [
    'a policy of somebody else that closes nothing',
    aCluster([stranger], { attempts: [anAttempt('api', 'db', 'open')] }),
  ],
  ['an autoscaler of a workload without replicas', aCluster([scalingInactive('ScalingDisabled')])],
  [
    'an autoscaler of pods that have just started',
    aCluster([
      scalingInactive('FailedGetResourceMetric'),
      aPod('api', {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(20) }] },
      }),
    ]),
  ],
  [
    'a node without pods of ours',
    aCluster([
      {
        kind: 'Node',
        metadata: { name: 'other' },
        status: { conditions: [{ type: 'Ready', status: 'False' }] },
      } as ReturnType<typeof anObject>,
    ]),
  ],
  [
    'a cordoned node',
    aCluster([
      { kind: 'Node', metadata: { name: 'node' }, spec: { unschedulable: true } } as ReturnType<typeof anObject>,
    ]),
  ],
  [
    'a job that is done',
    aCluster([
      aPod('api-migrate', { ready: false, status: { phase: 'Succeeded' }, state: { state: ended(0, 'Completed') } }),
    ]),
  ],
  ['Secrets that may not be read', aCluster([], { secrets: undefined, unread: ['Secret'] })],
  [
    'an autoscaler that has scaled',
    aCluster([aWorkload('api', { spec: { replicas: 7, template: { spec: { containers: [] } } } })]),
  ],
];

test.each(NEAR_MISSES)('quiet: %s', (_, snapshot) => {
  expect(diagnoseKubernetes(snapshot)).toEqual([]);
});
