// @ts-check
// Faults are put into the running stack, one at a time: `tars doctor` names each by its true cause, and says
// nothing before and after.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../../testbed/binaries.mjs';
import { certificate } from '../certificate.mjs';
import { examine, isNamed } from '../doctor.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { apply, get, kubectl, namespace, rolledOut } from './cluster.mjs';
import { drained } from './changes.mjs';
import { manifests, stackUp } from './stack.mjs';

/** Small, one replica, and nobody needs it. */
const adminer = 'deployment/tars-adminer';
const backend = 'deployment/tars-backend';
const tls = 'tars-tls-cert';
const day = 86_400_000;

const path = `${settings.own ? `${dirname(binaryPath('kubectl'))}:` : ''}${process.env.PATH}`;
const look = () => examine('kubernetes', settings.project, path);

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

/** @param {number} from @param {number} to days from now */
async function tlsSecret(from, to) {
  const { cert, key } = await certificate(
    ['tars.local', 'api.tars.local'],
    Date.now() + from * day,
    Date.now() + to * day,
  );
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

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'tars-adminer', namespace, labels: { 'app.kubernetes.io/managed-by': 'cdk8s-tars' } },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
};

/** @type {string} */
let metricsApi;

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
  {
    name: 'a NetworkPolicy that closes a link',
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
      await secretWith({ POSTGRES_PASSWORD: Buffer.from('another-password-altogether').toString('base64') });
      await here('rollout', 'restart', backend);
    },
    mend: async () => {
      await secretRestored();
      await here('rollout', 'restart', backend);
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
    code: 'TARS7318',
    object: 'Service/tars-postgres',
    put: () => here('delete', 'service', 'tars-postgres'),
    mend: () => apply(manifests),
  },
];

/** By hand, some of them: TARS_LIVE_FAULTS is a pattern of their names. */
const chosen = faults.filter(({ name }) => new RegExp(process.env.TARS_LIVE_FAULTS ?? '').test(name));

describe('tars doctor', () => {
  before(async () => {
    await stackUp();
    await tlsSecret(-1, 30);
    await drained();
  });

  after(async () => {
    await here('delete', 'secret', tls, '--ignore-not-found');
    await stackUp();
  });

  test('says nothing of the healthy stack', async () => {
    assert.deepEqual(await look(), []);
  });

  /** @type {number[]} */
  const seconds = [];
  for (const fault of chosen) {
    test(`names ${fault.name}`, async () => {
      seconds.push(await isNamed(fault, look));
    });
  }

  test('says nothing of the stack when all is mended', async () => {
    assert.deepEqual(await look(), []);
    figure('faults named, and nothing else', seconds.length, 'faults');
    figure('longest from a fault until it is named', Math.max(...seconds), 's');
  });
});
