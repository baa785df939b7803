import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { Cluster } from './cluster.mjs';
import { aCertificate, expand, objectsIn, ROOT, SECRETS, stack, synthesized, tars, Chart, TRICKY } from './support.mjs';

const CRDS = join(ROOT, 'imports', 'crds');

/** Each in a namespace of its own; the first one on an empty cluster, as a newcomer has it. */
const VARIANTS = {
  'exposure gateway': { exposure: 'gateway' },
  'autoscaling off': { autoscaling: false },
  'optional services off': { adminer: false, monitoring: false },
  staging: {
    webHost: 'staging.example.org',
    apiHost: 'api.staging.example.org',
    autoscalingPolicy: { minReplicas: 3, maxReplicas: 4 },
  },
  'metrics that an adapter serves': {
    autoscalingPolicy: {
      rpsTarget: 50,
      metricsAdapter: 'other',
      customMetrics: [
        { name: 'queue_length', target: '30' },
        { name: 'backlog', type: 'external', target: '100', labels: { queue: 'chat' } },
        {
          name: 'requests',
          type: 'object',
          target: '2k',
          object: { apiVersion: 'v1', kind: 'Service', name: 'tars-backend' },
        },
      ],
    },
  },
  'ReadWriteMany storage': { storageAccessMode: 'ReadWriteMany', storageClass: 'nfs' },
  'models and a GPU': { models: ['llama3.2:1b'], gpu: { runtimeClassName: 'nvidia' } },
  'cert-manager': { tls: { issuer: 'letsencrypt' } },
  'allowed addresses only': { allowedCidrs: ['203.0.113.0/24'] },
  'Ollama elsewhere': { ollamaHost: 'llm.example.org' },
  'Kubernetes 1.25': { kubernetesVersion: '1.25' },
  'Kubernetes 1.29': { kubernetesVersion: '1.29', storageAccessMode: 'ReadWriteMany', storageClass: 'nfs' },
  'Kubernetes 1.33': { kubernetesVersion: '1.33', storageAccessMode: 'ReadWriteMany', storageClass: 'nfs' },
  'Kubernetes 1.37': { kubernetesVersion: '1.37', storageAccessMode: 'ReadWriteMany', storageClass: 'nfs' },
};

/** @type {Cluster} */
let cluster;

before(async () => {
  cluster = new Cluster(await startControlPlane());
  await cluster.kubectl(
    'apply',
    '--server-side',
    '-f',
    join(CRDS, 'gateway-api'),
    '-f',
    join(CRDS, 'external-secrets'),
  );
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=300s');
  await cluster.controlPlane.kubectl(['apply', '-f', '-'], {
    input: 'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: nvidia}\nhandler: nvidia\n',
  });
});
after(() => cluster?.controlPlane.stop());

/** Whatever a test leaves is removed, so that the next one finds an empty cluster. */
const removedAfter = (t, ...namespaces) =>
  t.after(() =>
    cluster.controlPlane.kubectl(['delete', 'namespace', ...namespaces, '--ignore-not-found', '--timeout=300s']),
  );

const filesOf = (dist) =>
  readdirSync(dist)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(dist, name));

/** Applies, looks at what the controllers make of it, applies again, deletes. */
async function cycle(t, props, namespace) {
  removedAfter(t, namespace);
  const { dist } = synthesized(t, stack({ ...props, namespace }));
  const files = filesOf(dist);
  const first = await cluster.apply(dist);
  assert.deepEqual([...new Set(Object.values(first))], ['created']);
  assert.equal(Object.keys(first).length, files.flatMap(objectsIn).length);
  await cluster.controllersDidTheirWork(namespace, files);

  const before = await cluster.versions(files);
  const second = await cluster.apply(dist);
  // kubectl calls a budget "configured" whatever was sent; what the server says counts.
  const touched = Object.entries(second).filter(
    ([object, said]) => said !== 'unchanged' && !object.startsWith('poddisruptionbudget'),
  );
  assert.deepEqual(touched, []);
  assert.deepEqual(await cluster.versions(files), before);

  // The namespace goes first, and may take an object with it before kubectl comes to that.
  await cluster.kubectl('delete', '-f', dist, '--ignore-not-found', '--timeout=300s');
  await cluster.isEmpty(namespace);
}

test('kubectl apply -f dist as shipped, on an empty cluster; again; delete', async (t) => {
  await cycle(t, {}, 'tars');
  await cluster.hasNothingOfOurs();
});

// Most of the time is the namespace controller's own pause.
describe('kubectl apply -f dist, with strict validation', { concurrency: 6 }, () => {
  for (const [name, props] of Object.entries(VARIANTS)) {
    test(name, (t) => cycle(t, props, `tars-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`));
  }

  test('an ExternalSecret in place of values', async (t) => {
    removedAfter(t, 'tars-external');
    const { dist } = synthesized(
      t,
      stack({
        namespace: 'tars-external',
        secrets: { source: 'external', storeName: 'vault', storeKind: 'ClusterSecretStore' },
      }),
    );
    assert.deepEqual(
      readdirSync(dist).filter((name) => name.includes('secrets')),
      [],
    );
    await cluster.apply(dist);
    const external = await cluster.json('externalsecret', '-n', 'tars-external', 'tars-secrets');
    assert.deepEqual(external.spec.data.map((d) => d.secretKey).sort(), Object.keys(SECRETS).sort());
    const second = await cluster.apply(dist);
    assert.deepEqual([...new Set(Object.values(second))], ['unchanged']);
    await cluster.kubectl('delete', '-f', dist, '--ignore-not-found', '--timeout=300s');
    await cluster.isEmpty('tars-external');
  });

  test('an existing Secret by name', async (t) => {
    removedAfter(t, 'tars-existing');
    const { dist } = synthesized(
      t,
      stack({ namespace: 'tars-existing', secrets: { source: 'existing', secretName: 'mine' } }),
    );
    assert.deepEqual(
      readdirSync(dist).filter((name) => name.includes('secrets')),
      [],
    );
    await cluster.apply(dist);
    const { spec } = await cluster.json('deployment', '-n', 'tars-existing', 'tars-backend');
    const refs = spec.template.spec.containers[0].env.flatMap((e) => e.valueFrom?.secretKeyRef?.name ?? []);
    assert.deepEqual([...new Set(refs)], ['mine']);
    await cluster.kubectl('delete', '-f', dist, '--ignore-not-found', '--timeout=300s');
  });

  test('by somebody who has rights in one namespace only', async (t) => {
    removedAfter(t, 'tars-rights');
    const { dist } = synthesized(t, stack({ namespace: 'tars-rights', clusterScoped: 'omit' }));
    await cluster.kubectl('create', 'namespace', 'tars-rights');
    await cluster.kubectl(
      'label',
      'namespace',
      'tars-rights',
      'pod-security.kubernetes.io/enforce=restricted',
      'pod-security.kubernetes.io/warn=restricted',
    );
    await cluster.kubectl('create', 'serviceaccount', 'dev', '-n', 'default');
    await cluster.kubectl(
      'create',
      'rolebinding',
      'dev',
      '-n',
      'tars-rights',
      '--clusterrole=admin',
      '--serviceaccount=default:dev',
    );
    // The administrator of a namespace may not write quotas of it: somebody has to allow that.
    await cluster.kubectl(
      'create',
      'role',
      'guard-rails',
      '-n',
      'tars-rights',
      '--verb=*',
      '--resource=resourcequotas,limitranges',
    );
    await cluster.kubectl(
      'create',
      'rolebinding',
      'guard-rails',
      '-n',
      'tars-rights',
      '--role=guard-rails',
      '--serviceaccount=default:dev',
    );
    const as = '--as=system:serviceaccount:default:dev';
    const first = await cluster.apply(dist, as);
    assert.deepEqual([...new Set(Object.values(first))], ['created']);
    await cluster.controllersDidTheirWork('tars-rights', filesOf(dist));
    await cluster.kubectl('delete', '-f', dist, as, '--timeout=300s');
    await cluster.kubectl('get', 'namespace', 'tars-rights');
    await cluster.kubectl('delete', 'namespace', 'tars-rights', '--timeout=300s');
    await cluster.kubectl('delete', 'serviceaccount', 'dev', '-n', 'default');
  });

  test("a second clone's passwords are refused, and the first ones stay", async (t) => {
    removedAfter(t, 'tars-clone');
    const first = synthesized(t, stack({ namespace: 'tars-clone' }));
    const second = synthesized(t, stack({ namespace: 'tars-clone' }), {
      keys: { ...SECRETS, POSTGRES_PASSWORD: 'another-clone-0123456789' },
    });
    await cluster.apply(first.dist);
    const { code, stderr } = await cluster.controlPlane.kubectl(['apply', '-f', second.dist]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Secret "tars-secrets" is invalid: data: Forbidden: field is immutable when `immutable` is set/,
    );
    const { data } = await cluster.json('secret', '-n', 'tars-clone', 'tars-secrets');
    assert.equal(Buffer.from(data.POSTGRES_PASSWORD, 'base64').toString(), SECRETS.POSTGRES_PASSWORD);
    await cluster.kubectl('delete', '-f', first.dist, '--ignore-not-found', '--timeout=300s');
  });

  test('a self-signed certificate becomes a TLS Secret that the server takes', async (t) => {
    removedAfter(t, 'tars-tls');
    const { dist } = synthesized(t, stack({ namespace: 'tars-tls', tls: { selfSigned: true } }), {
      keys: SECRETS,
      tls: aCertificate(t),
    });
    const said = await cluster.apply(dist);
    assert.equal(said['secret/tars-tls-cert'], 'created');
    await cluster.kubectl('delete', '-f', dist, '--ignore-not-found', '--timeout=300s');
  });
});

test('every text arrives unchanged, in a ConfigMap, a variable and an argument', async (t) => {
  removedAfter(t, 'odd');
  const values = Object.fromEntries(TRICKY.map((text, i) => [`V${i}`, text]));
  const { dist } = synthesized(
    t,
    (app) => {
      const chart = new Chart(app, 'odd', { namespace: 'odd' });
      const env = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, tars.EnvValue.fromValue(text)]));
      new tars.RestrictedNamespace(chart, 'namespace');
      new tars.Service(chart, 'inline', { image: 'one:1', env, command: TRICKY });
      new tars.Service(chart, 'mapped', { image: 'one:1', env, configMapName: 'odd-config' });
    },
    { keys: {} },
  );
  await cluster.apply(dist);
  const { data } = await cluster.json('configmap', '-n', 'odd', 'odd-config');
  assert.deepEqual(data, values);
  const { spec } = await cluster.json('deployment', '-n', 'odd', 'odd-inline');
  const [container] = spec.template.spec.containers;
  assert.deepEqual(
    Object.fromEntries(container.env.map(({ name, value = '' }) => [name, expand(value, values)])),
    values,
  );
  assert.deepEqual(
    container.args.map((arg) => expand(arg, values)),
    TRICKY,
  );
  await cluster.kubectl('delete', '-f', dist, '--ignore-not-found', '--timeout=300s');
});
