// @ts-check
// Faults are put into the running stack, one at a time: `tars doctor` names each by its true cause, and says
// nothing before and after.
import { dirname } from 'node:path';
import { before } from 'node:test';
import { binaryPath } from '../../testbed/binaries.mjs';
import { until } from '../../testbed/wait.mjs';
import { certificate } from '../certificate.mjs';
import { describeFaults, examine } from '../doctor.mjs';
import { settings } from '../settings.mjs';
import { apply, get, kubectl, namespace, rolledOut } from './cluster.mjs';
import { drained } from './changes.mjs';
import { manifests, stackRestored, stackUp, stackWith } from './stack.mjs';

/** Small, one replica, and nobody needs it. */
const adminer = 'deployment/tars-adminer';
const backend = 'deployment/tars-backend';
const ollama = 'statefulset/tars-ollama';
const tls = 'tars-tls-cert';
const day = 86_400_000;
const deadline = { timeoutMs: 120_000, intervalMs: 500 };

const path = `${settings.own ? `${dirname(binaryPath('kubectl'))}:` : ''}${process.env.PATH}`;

/** @param {readonly string[]} args */
const here = (...args) => kubectl([...args, '--namespace', namespace]);

/**
 * @param {string} workload
 * @param {readonly object[]} operations of a JSON patch
 */
const patch = (workload, ...operations) => here('patch', workload, '--type=json', '-p', JSON.stringify(operations));

/** @param {string} workload @param {string} field of its first container @param {unknown} value */
const container = (workload, field, value) =>
  patch(workload, { op: 'add', path: `/spec/template/spec/containers/0/${field}`, value });

/** @param {string} workload */
async function undo(workload) {
  await here('rollout', 'undo', workload);
  await rolledOut([workload]);
  await drained();
}

/** Those of adminer that every run puts in. */
const cores = ['a wrong tag'];

/**
 * A fault in the pods of adminer.
 *
 * @param {string} name
 * @param {string} code
 * @param {() => Promise<unknown>} put
 * @param {RegExp} [cause]
 * @returns {import('../doctor.mjs').Fault}
 */
const ofAdminer = (name, code, put, cause) => ({
  name,
  code,
  object: 'Deployment/tars-adminer',
  put,
  mend: () => undo(adminer),
  core: cores.includes(name),
  ...(cause && { cause }),
});

/** @param {Record<string, string | undefined>} data what of the Secret is changed, or taken out, in base64 */
async function secretWith(data) {
  const secret = await get('secret', 'tars-secrets');
  const entries = Object.entries({ ...secret.data, ...data }).filter(([, value]) => value !== undefined);
  await here('delete', 'secret', 'tars-secrets');
  const metadata = { name: 'tars-secrets', namespace, labels: secret.metadata.labels };
  const other = { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(entries) };
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(other) });
}

async function secretRestored() {
  await here('delete', 'secret', 'tars-secrets', '--ignore-not-found');
  await apply(manifests);
}

/** @param {number} from @param {number} to days from now @param {readonly string[]} hosts */
async function tlsSecret(from, to, hosts = ['tars.local', 'api.tars.local']) {
  const { cert, key } = await certificate(hosts, Date.now() + from * day, Date.now() + to * day);
  const data = { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from(key).toString('base64') };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: tls, namespace },
    data,
  };
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(secret) });
}

/**
 * What a cloud does: the testbed's node has none, and the Service of the backend is a load balancer.
 *
 * @param {readonly object[]} ingress
 */
const balancerAt = (ingress) =>
  here(
    'patch',
    'service/tars-backend',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({
      status: { loadBalancer: { ingress } },
    }),
  );

const aCloud = () => balancerAt([{ ip: '192.0.2.10' }]);

/** The task of the backend, as it is applied. */
async function migration() {
  const { items } = await get('jobs', '-l', 'component=backend-migrate');
  return items[0].metadata.name;
}

/**
 * In the database itself. A Secret that is made anew would not do on one node: its kubelet hands out the
 * immutable one that it knows for as long as any pod there reads it.
 *
 * @param {string} literal in psql, where `given` is the password of the container
 */
const databasePassword = (literal) =>
  kubectl([
    ...['exec', 'tars-postgres-0', '--namespace', namespace, '--', 'sh', '-c'],
    `echo "ALTER ROLE tars PASSWORD ${literal}" | psql -U tars -d tars_db -v ON_ERROR_STOP=1 -v given="$POSTGRES_PASSWORD"`,
  ]);

/**
 * The one condition of a node that is not its kubelet's: whoever brings the network sets it.
 *
 * @param {'True' | 'False'} status whether there is none
 */
const networkOfNode = (status) =>
  kubectl([
    ...['patch', 'node', nodeName, '--subresource=status', '--type=strategic', '-p'],
    JSON.stringify({
      status: { conditions: [{ type: 'NetworkUnavailable', status, reason: 'Tested', message: 'no route' }] },
    }),
  ]);

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'tars-adminer', namespace, labels: { 'app.kubernetes.io/managed-by': 'cdk8s-tars' } },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
};

/** @type {string} */
let nodeName;
/** @type {string} */
let metricsApi;
/** @type {string} */
let taskName;

/** @type {readonly import('../doctor.mjs').Fault[]} */
const faults = [
  ofAdminer('a wrong tag', 'TARS7302', () => container(adminer, 'image', 'adminer:0.0.0'), /adminer:0\.0\.0/),
  ofAdminer(
    'an image that nobody has loaded into the node',
    'TARS7302',
    () =>
      patch(
        adminer,
        { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'tars-adminer:mine' },
        { op: 'replace', path: '/spec/template/spec/containers/0/imagePullPolicy', value: 'Never' },
      ),
    /manifests say adminer|pull policy is Never/,
  ),
  ofAdminer(
    'a command that exits',
    'TARS7301',
    () => container(adminer, 'command', ['sh', '-c', 'echo no licence; exit 3']),
    /exit code 3.*no licence/,
  ),
  ofAdminer(
    'a file that may not be written',
    'TARS7321',
    () => container(adminer, 'command', ['sh', '-c', 'echo mine > /etc/mine']),
    /Read-only file system|Permission denied/,
  ),
  ofAdminer(
    'a volume that is full',
    'TARS7323',
    () => container(adminer, 'command', ['sh', '-c', 'head -c 100000000 /dev/zero > /tmp/all']),
    /No space left on device/,
  ),
  ofAdminer('a command that is not there', 'TARS7320', () => container(adminer, 'command', ['no-such-program'])),
  ofAdminer(
    'too little memory',
    'TARS7304',
    () =>
      patch(
        adminer,
        { op: 'add', path: '/spec/template/spec/containers/0/command', value: ['tail', '/dev/zero'] },
        { op: 'replace', path: '/spec/template/spec/containers/0/resources/limits/memory', value: '128Mi' },
      ),
    /OOM/,
  ),
  {
    name: 'a probe of a path that is not there',
    code: 'TARS7309',
    object: 'Deployment/tars-backend',
    cause: /404/,
    put: () =>
      patch(backend, {
        op: 'replace',
        path: '/spec/template/spec/containers/0/readinessProbe/httpGet/path',
        value: '/no-such-path',
      }),
    mend: () => undo(backend),
  },
  ofAdminer(
    'a liveness probe of a port that nobody has',
    'TARS7309',
    () =>
      container(adminer, 'livenessProbe', {
        ...{ tcpSocket: { port: 1 }, periodSeconds: 2, failureThreshold: 1, terminationGracePeriodSeconds: 1 },
      }),
    /nothing listens/,
  ),
  {
    name: 'a key that is taken out of the Secret',
    code: 'TARS7303',
    object: 'Secret/tars-secrets',
    cause: /REDIS_PASSWORD/,
    put: () => secretWith({ REDIS_PASSWORD: undefined }),
    mend: secretRestored,
  },
  {
    name: 'a Secret that is deleted',
    code: 'TARS7303',
    object: 'Secret/tars-secrets',
    put: () => here('delete', 'secret', 'tars-secrets'),
    mend: secretRestored,
  },
  {
    name: 'a ConfigMap that is deleted',
    code: 'TARS7303',
    object: 'ConfigMap/tars-config',
    put: () => here('delete', 'configmap', 'tars-config'),
    mend: () => apply(manifests),
  },
  {
    name: 'a StatefulSet that was mended, and its broken pod was not replaced',
    code: 'TARS7327',
    object: 'StatefulSet/tars-grafana',
    cause: /replaces no pod that is not ready/,
    put: async () => {
      await container('statefulset/tars-grafana', 'image', 'grafana/grafana:0.0.0');
      await until(
        'its pod has no image',
        async () => {
          const { status } = await get('pod', 'tars-grafana-0');
          return /Image/.test(status.containerStatuses?.[0]?.state?.waiting?.reason ?? '');
        },
        deadline,
      );
      await apply(manifests);
    },
    mend: async () => {
      await here('delete', 'pod', 'tars-grafana-0');
      await rolledOut(['statefulset/tars-grafana']);
    },
  },
  {
    name: 'a claim of a class that does not exist',
    code: 'TARS7305',
    object: 'PersistentVolumeClaim/tars-adminer',
    cause: /no StorageClass "fast"/,
    put: async () => {
      await kubectl(['apply', '-f', '-'], { input: JSON.stringify(claim) });
      await patch(adminer, {
        op: 'add',
        path: '/spec/template/spec/volumes/-',
        value: { name: 'claim', persistentVolumeClaim: { claimName: 'tars-adminer' } },
      });
    },
    mend: async () => {
      await undo(adminer);
      await here('delete', 'pvc', 'tars-adminer');
    },
  },
  ofAdminer(
    'a label that no node has',
    'TARS7306',
    () => patch(adminer, { op: 'add', path: '/spec/template/spec/nodeSelector', value: { disk: 'golden' } }),
    /no node has the labels/,
  ),
  ofAdminer(
    'more disk than any node has',
    'TARS7306',
    () =>
      container(adminer, 'resources', {
        requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '900Ti' },
        limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '900Ti' },
      }),
    /more ephemeral-storage/,
  ),
  {
    name: 'a node that is cordoned',
    code: 'TARS7306',
    object: 'Deployment/tars-adminer',
    cause: /cordoned/,
    put: async () => {
      await kubectl(['cordon', '--selector', 'kubernetes.io/os=linux']);
      await here('rollout', 'restart', adminer);
    },
    mend: async () => {
      await kubectl(['uncordon', '--selector', 'kubernetes.io/os=linux']);
      await rolledOut([adminer]);
      await drained();
    },
  },
  {
    name: 'a quota that is too small',
    code: 'TARS7307',
    object: 'ResourceQuota/tars-quota',
    cause: /pods/,
    put: async () => {
      await patch('resourcequota/tars-quota', { op: 'replace', path: '/spec/hard/pods', value: '3' });
      await here('rollout', 'restart', adminer);
    },
    mend: async () => {
      await apply(manifests);
      await undo(adminer);
    },
  },
  ofAdminer(
    'a pod that asks for privileges',
    'TARS7308',
    () => container(adminer, 'securityContext', { privileged: true }),
    /violates PodSecurity/,
  ),
  ofAdminer(
    'a pod that asks for more than a container may have',
    'TARS7308',
    () =>
      container(adminer, 'resources', {
        ...{ requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500', memory: '256Mi' } },
      }),
    /LimitRange/,
  ),
  ofAdminer(
    'a ServiceAccount that does not exist',
    'TARS7308',
    () => patch(adminer, { op: 'add', path: '/spec/template/spec/serviceAccountName', value: 'nobody' }),
    /ServiceAccount does not exist/,
  ),
  {
    name: 'a NetworkPolicy that closes a link',
    core: true,
    code: 'TARS7312',
    object: 'NetworkPolicy/tars-redis',
    put: () => patch('networkpolicy/tars-redis', { op: 'remove', path: '/spec/ingress' }),
    mend: () => apply(manifests),
  },
  {
    name: 'a NetworkPolicy that closes the DNS',
    code: 'TARS7311',
    object: 'NetworkPolicy/tars-backend-egress',
    put: () => patch('networkpolicy/tars-backend-egress', { op: 'remove', path: '/spec/egress/0' }),
    mend: () => apply(manifests),
  },
  {
    name: 'a DNS that does not run',
    code: 'TARS7311',
    object: 'the DNS of the cluster',
    put: () => kubectl(['scale', 'deployment/coredns', '--namespace', 'kube-system', '--replicas=0']),
    mend: async () => {
      await kubectl(['scale', 'deployment/coredns', '--namespace', 'kube-system', '--replicas=1']);
      await kubectl(['rollout', 'status', 'deployment/coredns', '--namespace', 'kube-system', '--timeout=120s']);
    },
  },
  {
    name: 'a server that does not listen, though it is ready',
    code: 'TARS7313',
    object: 'Deployment/tars-backend -> tars-ollama:11434',
    cause: /nobody listens/,
    put: async () => {
      const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'];
      const { spec } = (await get(ollama)).spec.template;
      await patch(
        ollama,
        ...probes
          .filter((name) => name in spec.containers[0])
          .map((name) => ({ op: 'remove', path: `/spec/template/spec/containers/0/${name}` })),
        { op: 'add', path: '/spec/template/spec/containers/0/command', value: ['sleep', 'infinity'] },
      );
      await rolledOut([ollama]);
    },
    mend: () => undo(ollama),
  },
  {
    name: 'a node whose network is not there',
    code: 'TARS7317',
    get object() {
      return `Node/${nodeName}`;
    },
    cause: /stopped/,
    put: async () => {
      const { items } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json']));
      nodeName = items[0].metadata.name;
      await networkOfNode('True');
    },
    mend: () => networkOfNode('False'),
  },
  {
    name: 'an autoscaler without metrics',
    code: 'TARS7315',
    object: 'HorizontalPodAutoscaler/tars-backend',
    cause: /metrics\.k8s\.io/,
    put: async () => {
      metricsApi = await kubectl(['get', 'apiservice', 'v1beta1.metrics.k8s.io', '-o', 'json']);
      await kubectl(['delete', 'apiservice', 'v1beta1.metrics.k8s.io']);
    },
    mend: async () => {
      const { apiVersion, kind, metadata, spec } = JSON.parse(metricsApi);
      const { name, labels } = metadata;
      const input = JSON.stringify({ apiVersion, kind, metadata: { name, labels }, spec });
      await kubectl(['apply', '-f', '-'], { input });
    },
  },
  {
    name: 'a certificate that has expired',
    code: 'TARS7316',
    object: `Secret/${tls}`,
    cause: /nobody has renewed it/,
    put: () => tlsSecret(-30, -1),
    mend: () => tlsSecret(-1, 30),
  },
  {
    name: 'a certificate that does not exist',
    code: 'TARS7316',
    object: `Secret/${tls}`,
    put: () => here('delete', 'secret', tls),
    mend: () => tlsSecret(-1, 30),
  },
  {
    name: 'a certificate of somebody else',
    code: 'TARS7316',
    object: `Secret/${tls}`,
    cause: /made for other names/,
    put: () => tlsSecret(-1, 30, ['example.org']),
    mend: () => tlsSecret(-1, 30),
  },
  {
    name: 'a load balancer without an address',
    code: 'TARS7326',
    object: 'Service/tars-backend',
    put: () => balancerAt([]),
    mend: aCloud,
  },
  {
    name: 'an Ingress of a class that does not exist',
    core: true,
    code: 'TARS7326',
    object: 'IngressClass/none',
    put: () => patch('ingress/tars-ingress', { op: 'replace', path: '/spec/ingressClassName', value: 'none' }),
    mend: () => apply(manifests),
  },
  {
    name: 'a task that fails',
    code: 'TARS7324',
    get object() {
      return `Job/${taskName}`;
    },
    put: async () => {
      const { spec, metadata } = await get('job', taskName);
      const { name, labels } = metadata;
      for (const key of ['controller-uid', 'batch.kubernetes.io/controller-uid']) {
        delete spec.template.metadata.labels[key];
        delete labels[key];
      }
      spec.template.spec.containers[0].command = ['python', '-c', 'raise SystemExit("the table is locked")'];
      spec.template.spec.restartPolicy = 'Never';
      await here('delete', 'job', taskName);
      const job = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, labels, namespace },
        spec: { ...spec, selector: undefined, backoffLimit: 0 },
      };
      await kubectl(['apply', '-f', '-'], { input: JSON.stringify(job) });
    },
    cause: /the table is locked/,
    mend: async () => {
      await here('delete', 'job', taskName);
      await apply(manifests);
      await here('wait', `job/${taskName}`, '--for=condition=Complete', '--timeout=120s');
    },
  },
  {
    name: 'a Deployment that is deleted',
    code: 'TARS7318',
    object: 'Deployment/tars-adminer',
    put: () => here('delete', adminer),
    mend: async () => {
      await apply(manifests);
      await rolledOut([adminer]);
    },
  },
  {
    name: 'a Service whose selector finds nothing',
    code: 'TARS7310',
    object: 'Service/tars-redis',
    put: () => patch('service/tars-redis', { op: 'replace', path: '/spec/selector/component', value: 'cache' }),
    mend: () => apply(manifests),
  },
  {
    name: 'another password in the Secret than in the database',
    code: 'TARS7314',
    object: 'StatefulSet/tars-postgres',
    cause: /password authentication failed/,
    put: async () => {
      await databasePassword("'another-password-altogether'");
      await here('rollout', 'restart', backend);
    },
    mend: async () => {
      // As the Secret has it, which the container was given.
      await databasePassword(":'given'");
      await rolledOut([backend]);
      await drained();
    },
  },
  {
    name: 'a cache that is switched off',
    code: 'TARS7318',
    object: 'StatefulSet/tars-redis',
    put: () => here('scale', 'statefulset/tars-redis', '--replicas=0'),
    mend: async () => {
      await apply(manifests);
      await rolledOut();
    },
  },
  {
    name: 'a Service that is deleted',
    core: true,
    code: 'TARS7318',
    object: 'Service/tars-postgres',
    put: () => here('delete', 'service', 'tars-postgres'),
    mend: () => apply(manifests),
  },
];

/** @type {readonly import('../doctor.mjs').Health[]} */
const healthy = [
  {
    name: 'while everything is replaced',
    during: async () => {
      await here('rollout', 'restart', 'deployment');
      await rolledOut();
      await drained();
    },
  },
  {
    name: 'of a stack without what can be left out',
    during: async () => {
      await stackWith("{ autoscaling: false, adminer: false, backendAccess: 'cluster-ip' }");
      await drained();
    },
    end: async () => {
      await stackRestored();
      await aCloud();
      await drained();
    },
  },
];

before(async () => {
  // Where the stack runs already, what a cloud and its owner add is there before anybody looks.
  if ((await kubectl(['get', 'namespace', namespace, '--ignore-not-found', '-o', 'name'])) === '') return;
  await tlsSecret(-1, 30);
  await aCloud();
});

describeFaults({
  look: () => examine('kubernetes', settings.project, path),
  setUp: async () => {
    await apply(manifests);
    await aCloud();
    await tlsSecret(-1, 30);
    await rolledOut();
    await drained();
    taskName = await migration();
  },
  tearDown: async () => {
    await here('delete', 'secret', tls, '--ignore-not-found');
    await balancerAt([]);
    await stackUp();
  },
  absent: ['Namespace/tars', `Secret/${tls}`],
  healthy,
  faults,
});
