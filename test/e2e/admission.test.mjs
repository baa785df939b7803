// The policies that the API server enforces: edits of a running system that it refuses, with code and
// remedy, and edits that it lets pass.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { Cluster } from './cluster.mjs';
import { objectsIn, stack, synthesized, yaml } from './support.mjs';

const NAMESPACE = 'guarded';
const PROPS = {
  namespace: NAMESPACE,
  kubernetesVersion: '1.37',
  admissionPolicies: true,
  adminer: false,
  monitoring: false,
  // Replicas on many nodes: then there is a disruption budget.
  storageAccessMode: 'ReadWriteMany',
};

/** @type {Cluster} */
let cluster;
let dist;
/** @type {(() => void)[]} */
const ends = [];

const kubectl = (...args) => cluster.controlPlane.kubectl(args);
const inNamespace = (...args) => kubectl('-n', NAMESPACE, ...args);
const patch = (object, value, ...more) =>
  inNamespace('patch', object, '--type=merge', '-p', JSON.stringify(value), ...more);
const jsonPatch = (object, ...operations) =>
  inNamespace('patch', object, '--type=json', '-p', JSON.stringify(operations));
const create = (object) => cluster.controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
const container = '/spec/template/spec/containers/0';
const replace = (path, value) => ({ op: 'replace', path, value });
const add = (path, value) => ({ op: 'add', path, value });
const remove = (path) => ({ op: 'remove', path });

before(async () => {
  cluster = new Cluster(await startControlPlane());
  // Its directory lives as long as this file, not as a hook of it.
  dist = synthesized({ after: (end) => ends.push(end) }, stack(PROPS)).dist;
  await cluster.apply(dist);
  // A new policy is known to every request after a moment: when the last one is, so are those before it.
  for (const object of LAST) assert.equal((await create(object)).code, 0);
  const refused = ['create', 'configmap', 'last', '-n', 'default', '--dry-run=server'];
  await cluster.until('policies', async () => (await kubectl(...refused)).stderr.includes('the last one'));
  for (const { kind, metadata } of LAST) await cluster.kubectl('delete', kind, metadata.name);
});
after(async () => {
  for (const end of ends) end();
  await cluster?.controlPlane.stop();
});

const aPod = (labels) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'visitor', namespace: NAMESPACE, labels },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'shell',
        image: 'busybox:1.37.0',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});
const aPolicy = (labels, ingress) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'by-hand', namespace: NAMESPACE },
  spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress },
});

/** A policy that comes after all of ours, and how it is put into force. */
const LAST = [
  {
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'last' } },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ expression: "object.metadata.name != 'last'", message: 'the last one' }],
    },
  },
  {
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' },
    metadata: { name: 'last' },
    spec: { policyName: 'last', validationActions: ['Deny'] },
  },
];

/** Each is an edit of one thing, and the code of the rule that it breaks. */
const EDITS = [
  {
    name: 'an image without a version',
    code: 'TARS6653',
    run: () => inNamespace('set', 'image', 'deployment/tars-frontend', 'frontend=nginx:latest', '--dry-run=server'),
  },
  {
    name: 'a privileged container',
    code: 'TARS6650',
    run: () =>
      jsonPatch('deployment/tars-backend', replace(`${container}/securityContext/allowPrivilegeEscalation`, true)),
  },
  {
    name: 'a writable root file system',
    code: 'TARS6651',
    run: () =>
      jsonPatch('statefulset/tars-redis', replace(`${container}/securityContext/readOnlyRootFilesystem`, false)),
  },
  {
    name: 'no limit of memory',
    code: 'TARS6652',
    run: () => jsonPatch('deployment/tars-backend', remove(`${container}/resources/limits/memory`)),
  },
  {
    name: 'a password as a plain variable',
    code: 'TARS6654',
    run: () => jsonPatch('deployment/tars-backend', add(`${container}/env/-`, { name: 'PGPASSWORD', value: 'geheim' })),
  },
  {
    name: 'a password in the URL of a ConfigMap',
    code: 'TARS6654',
    run: () =>
      patch('configmap/tars-config', { data: { DATABASE_URL: 'postgresql://tars:geheim@tars-postgres:5432/tars_db' } }),
  },
  {
    name: 'a Service for other pods',
    code: 'TARS6655',
    run: () => patch('service/tars-postgres', { spec: { selector: { component: 'redis' } } }),
  },
  {
    name: 'a component without its label',
    code: 'TARS6655',
    run: () =>
      inNamespace(
        'label',
        'deployment/tars-backend',
        'app.kubernetes.io/managed-by-',
        'component=other',
        '--overwrite',
      ),
  },
  {
    name: 'a token for the API',
    code: 'TARS6656',
    run: () => jsonPatch('deployment/tars-frontend', replace('/spec/template/spec/automountServiceAccountToken', true)),
  },
  {
    name: 'a database for everybody, by its policy',
    code: 'TARS6657',
    run: () => jsonPatch('networkpolicy/tars-postgres', add('/spec/ingress/-', { ports: [{ port: 5432 }] })),
  },
  {
    name: 'a database for everybody, by another policy',
    code: 'TARS6657',
    run: () => create(aPolicy({ app: 'tars', component: 'postgres' }, [{ from: [{ namespaceSelector: {} }] }])),
  },
  {
    name: 'no DNS',
    code: 'TARS6657',
    run: () => jsonPatch('networkpolicy/tars-frontend-egress', remove('/spec/egress/0')),
  },
  {
    name: 'more replicas than were proved, by the autoscaler',
    code: 'TARS6658',
    run: () => patch('hpa/tars-backend', { spec: { maxReplicas: 50 } }),
  },
  {
    name: 'one replica under an autoscaler, by kubectl scale',
    code: 'TARS6659',
    run: () => inNamespace('scale', 'deployment/tars-backend', '--replicas=1'),
  },
  {
    name: 'one replica under an autoscaler, by an edit',
    code: 'TARS6659',
    run: () => patch('deployment/tars-backend', { spec: { replicas: 1 } }),
  },
  {
    name: 'a budget that blocks every drain',
    code: 'TARS6660',
    run: () => patch('pdb/tars-backend', { spec: { maxUnavailable: 0 } }),
  },
  {
    name: 'the end of Pod Security',
    code: 'TARS6661',
    run: () => kubectl('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite'),
  },
  {
    name: 'a pod that passes itself off as the backend',
    code: 'TARS6662',
    run: () => create(aPod({ app: 'tars', component: 'backend' })),
  },
];

/** What operations are made of. */
const ALLOWED = [
  {
    name: 'another version',
    run: () => inNamespace('set', 'image', 'deployment/tars-frontend', 'frontend=tars-frontend:0.2.0'),
  },
  {
    name: 'a digest',
    run: () =>
      inNamespace('set', 'image', 'deployment/tars-frontend', `frontend=tars-frontend@sha256:${'a'.repeat(64)}`),
  },
  { name: 'back to the version before', run: undone },
  { name: 'a restart', run: () => inNamespace('rollout', 'restart', 'deployment/tars-backend') },
  { name: 'a pause of a rollout', run: () => inNamespace('rollout', 'pause', 'deployment/tars-backend') },
  { name: 'its end', run: () => inNamespace('rollout', 'resume', 'deployment/tars-backend') },
  { name: 'replicas within the bounds', run: () => inNamespace('scale', 'deployment/tars-backend', '--replicas=4') },
  {
    name: 'replicas of what nothing steers',
    run: () => inNamespace('scale', 'deployment/tars-frontend', '--replicas=3'),
  },
  { name: 'a stop', run: () => inNamespace('scale', 'deployment/tars-backend', '--replicas=0') },
  { name: 'its end', run: () => inNamespace('scale', 'deployment/tars-backend', '--replicas=3') },
  { name: 'a higher floor of the autoscaler', run: () => patch('hpa/tars-backend', { spec: { minReplicas: 5 } }) },
  { name: 'another value in a ConfigMap', run: () => patch('configmap/tars-config', { data: { LOG_FORMAT: 'text' } }) },
  { name: 'a label of one’s own', run: () => inNamespace('label', 'deployment/tars-backend', 'team=search') },
  {
    name: 'more memory',
    run: () => jsonPatch('deployment/tars-frontend', replace(`${container}/resources/limits/memory`, '300Mi')),
  },
  {
    name: 'a policy for one client',
    run: () =>
      create(
        aPolicy({ app: 'tars', component: 'redis' }, [{ from: [{ podSelector: { matchLabels: { app: 'backup' } } }] }]),
      ),
  },
  {
    name: 'a policy of somebody else',
    run: () => create({ ...aPolicy({ app: 'blog' }, [{}]), metadata: { name: 'blog', namespace: NAMESPACE } }),
  },
  { name: 'a pod of somebody else', run: () => create(aPod({ app: 'blog' })) },
  { name: 'a look into a pod', run: debugged },
  {
    name: 'a status, as controllers write it',
    run: () => patch('deployment/tars-backend', { status: { readyReplicas: 0 } }, '--subresource=status'),
  },
];

/** There is a version before, once its controller has seen the newest. */
async function undone() {
  await cluster.until('the newest version is seen', async () => {
    const { metadata, status } = await cluster.json('deployment', 'tars-frontend', '-n', NAMESPACE);
    return status.observedGeneration === metadata.generation;
  });
  return inNamespace('rollout', 'undo', 'deployment/tars-frontend');
}

/** An ephemeral container beside those of a pod. The one of a StatefulSet that nobody has changed: it stays. */
function debugged() {
  const ephemeralContainers = [
    {
      name: 'debug',
      image: 'busybox:1.37.0',
      targetContainerName: 'postgres',
      securityContext: {
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        runAsUser: 1000,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  ];
  const value = JSON.stringify({ spec: { ephemeralContainers } });
  return inNamespace('patch', 'pod', 'tars-postgres-0', '--subresource=ephemeralcontainers', '-p', value);
}

describe('ValidatingAdmissionPolicies of a running system', () => {
  test('the API server finds nothing to say about their expressions', async () => {
    const policies = await cluster.until('type checking', async () => {
      const { items } = await cluster.json('validatingadmissionpolicies');
      return items.every(({ status }) => status?.typeChecking !== undefined) ? items : undefined;
    });
    assert.equal(policies.length, 13);
    const warnings = policies.flatMap(({ metadata, status }) =>
      (status.typeChecking.expressionWarnings ?? []).map(
        ({ fieldRef, warning }) => `${metadata.name} ${fieldRef}: ${warning}`,
      ),
    );
    assert.deepEqual(warnings, []);
  });

  test('the controllers make what they want', async () => {
    const files = ['tars.k8s.yaml', 'tars.secrets.k8s.yaml'].map((name) => join(dist, name));
    await cluster.controllersDidTheirWork(NAMESPACE, files);
  });

  for (const { name, code, run } of EDITS) {
    test(`refused: ${name}`, async () => {
      const { code: exit, stderr } = await run();
      assert.equal(exit, 1, 'it was let pass');
      assert.match(stderr, new RegExp(`denied request: ${code} \\w+/[\\w.-]+: .+; .+`), stderr);
    });
  }

  for (const { name, run } of ALLOWED) {
    test(`let pass: ${name}`, async () => {
      const { code, stderr } = await run();
      assert.equal(code, 0, stderr);
    });
  }

  test('another apply passes, and an upgrade that opens what was closed and raises what was proved', async (t) => {
    await cluster.kubectl('apply', '-f', dist);
    const next = synthesized(
      t,
      stack({ ...PROPS, allowedCidrs: ['198.51.100.0/24'], autoscalingPolicy: { minReplicas: 4, maxReplicas: 12 } }),
    );
    await cluster.kubectl('apply', '-f', next.dist);
    await cluster.kubectl('apply', '-f', dist);
  });

  test('policies that come after the objects, and before them', async (t) => {
    const parts = (namespace) => {
      const { root, dist: made } = synthesized(t, stack({ ...PROPS, namespace }));
      t.after(() => kubectl('delete', 'namespace', namespace, '--wait=false'));
      const objects = objectsIn(join(made, 'tars.k8s.yaml'));
      const isPolicy = ({ kind }) => kind.startsWith('ValidatingAdmissionPolicy');
      const write = (name, list) => {
        const file = join(root, name);
        writeFileSync(file, list.map((one) => yaml.stringify(one, { version: '1.1' })).join('---\n'));
        return file;
      };
      const policies = write('policies.yaml', objects.filter(isPolicy));
      return {
        policies,
        rest: write(
          'rest.yaml',
          objects.filter((one) => !isPolicy(one)),
        ),
      };
    };
    const isGuarded = async (namespace) => {
      const edit = ['label', 'service/tars-redis', 'component=other', '--overwrite', '--dry-run=server'];
      return (await kubectl('-n', namespace, ...edit)).stderr.includes('TARS6655');
    };
    const [late, early] = [parts('late'), parts('early')];
    await cluster.kubectl('apply', '-f', late.rest);
    await cluster.kubectl('apply', '-f', late.policies);
    await cluster.kubectl('apply', '-f', early.policies);
    await cluster.until('policies', () => isGuarded('late'));
    await cluster.kubectl('apply', '-f', late.rest);
    await cluster.kubectl('apply', '-f', early.rest);
    await cluster.until('policies that were there before', () => isGuarded('early'));
  });
});
