// Pairs of releases, each applied one over the other: what `compareReleases` says beforehand is what
// the real API server does.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../testbed/binaries.mjs';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { run } from '../testbed/run.mjs';
import { Cluster } from './cluster.mjs';
import { Chart, objectsIn, ROOT, SECRETS, stack, synthesized, tars } from './support.mjs';

/** @type {Cluster} */
let cluster;

before(async () => {
  cluster = new Cluster(await startControlPlane());
  // Steps are commands for a shell, so the shell has to find kubectl.
  const bin = join(cluster.controlPlane.directory, 'bin');
  mkdirSync(bin);
  symlinkSync(binaryPath('kubectl'), join(bin, 'kubectl'));
  await cluster.controlPlane.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'expandable' },
      provisioner: 'example.org/none',
      allowVolumeExpansion: true,
    }),
  });
});
after(() => cluster?.controlPlane.stop());

/** A database, and a service unless it is said to be undefined, in a plain chart. */
const small = (props) => (app) => {
  const chart = new Chart(app, props.id ?? 'shop', { namespace: props.namespace });
  new tars.RestrictedNamespace(chart, 'namespace');
  new tars.Postgres(chart, 'db', { storageClass: 'expandable', ...props.db });
  if ('web' in props && props.web === undefined) return;
  new tars.Service(chart, 'web', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 8080 }], ...props.web });
};

const AUTOSCALED = { autoscaling: { minReplicas: 3, maxReplicas: 5 } };

/** The stack in a namespace of its own, without what is optional. */
const inNamespace = (namespace, props) => stack({ namespace, adminer: false, monitoring: false, ...props });

/** Values for both. */
const VALUES = { ...SECRETS, DB_PASSWORD: 'e2e-db-0123456789abcdef' };

/**
 * @typedef {object} Pair
 * @property {string} name
 * @property {(namespace: string) => (app: object) => void} from
 * @property {(namespace: string) => (app: object) => void} to
 * @property {string} verdict of compareReleases
 * @property {string[]} [refused] objects that the API server refuses to change
 * @property {string[]} [fall] workloads whose replicas are fewer after the apply
 * @property {string[]} [left] objects that are no longer made
 * @property {object} [secrets] other values for the second release
 * @property {boolean} [bound] whether the claims of the first release are taken for bound
 * @property {boolean} [steps] whether the steps are taken, after which the second release is there
 */

/** @type {Pair[]} */
const PAIRS = [
  {
    name: 'another image, of the whole stack',
    from: (ns) => inNamespace(ns),
    to: (ns) => inNamespace(ns, { images: { tag: '0.2.0' } }),
    // The migration of the release before.
    left: ['Job'],
    verdict: 'in-place',
  },
  {
    name: 'storage for many nodes, of the whole stack',
    from: (ns) => inNamespace(ns),
    to: (ns) => inNamespace(ns, { storageAccessMode: 'ReadWriteMany' }),
    refused: ['PersistentVolumeClaim/tars-data-pvc', 'PersistentVolumeClaim/tars-models-pvc'],
    verdict: 'needs-hands',
  },
  {
    name: 'autoscaling turned on',
    from: (ns) => small({ namespace: ns, web: { replicas: 3 } }),
    to: (ns) => small({ namespace: ns, web: AUTOSCALED }),
    fall: ['Deployment/shop-web'],
    verdict: 'needs-hands',
  },
  {
    name: 'autoscaling turned on, by the steps',
    from: (ns) => small({ namespace: ns, web: { replicas: 3 } }),
    to: (ns) => small({ namespace: ns, web: AUTOSCALED }),
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'autoscaling turned off, by the steps',
    from: (ns) => small({ namespace: ns, web: AUTOSCALED }),
    to: (ns) => small({ namespace: ns, web: { replicas: 3 } }),
    left: ['HorizontalPodAutoscaler/shop-web'],
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'another class of storage',
    from: (ns) => small({ namespace: ns, web: aClaim('1Gi') }),
    to: (ns) => small({ namespace: ns, db: { storageClass: 'fast' }, web: aClaim('1Gi', 'fast') }),
    refused: ['PersistentVolumeClaim/shop-web-files', 'StatefulSet/shop-db'],
    verdict: 'needs-hands',
  },
  {
    name: 'a service less, by the steps',
    from: (ns) => small({ namespace: ns }),
    to: (ns) => small({ namespace: ns, web: undefined }),
    left: [
      'Deployment/shop-web',
      'NetworkPolicy/shop-web',
      'NetworkPolicy/shop-web-egress',
      'Service/shop-web',
      'ServiceAccount/shop-web',
    ],
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'another password, by the steps',
    from: (ns) => small({ namespace: ns }),
    to: (ns) => small({ namespace: ns }),
    secrets: { DB_PASSWORD: 'another-db-0123456789abcdef' },
    refused: ['Secret/shop-secrets'],
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'a database that grows, by the steps',
    from: (ns) => small({ namespace: ns }),
    to: (ns) => small({ namespace: ns, db: { storage: '20Gi' } }),
    refused: ['StatefulSet/shop-db'],
    bound: true,
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'a claim that grows',
    from: (ns) => small({ namespace: ns, web: aClaim('1Gi') }),
    to: (ns) => small({ namespace: ns, web: aClaim('2Gi') }),
    bound: true,
    verdict: 'in-place',
  },
  {
    name: 'a claim that shrinks',
    from: (ns) => small({ namespace: ns, web: aClaim('2Gi') }),
    to: (ns) => small({ namespace: ns, web: aClaim('1Gi') }),
    bound: true,
    refused: ['PersistentVolumeClaim/shop-web-files'],
    verdict: 'needs-hands',
  },
  {
    name: 'a Service becomes headless, by the steps',
    from: (ns) => small({ namespace: ns }),
    to: (ns) => small({ namespace: ns, web: { access: { kind: 'headless' } } }),
    refused: ['Service/shop-web'],
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'a Service has an address again, by the steps',
    from: (ns) => small({ namespace: ns, web: { access: { kind: 'headless' } } }),
    to: (ns) => small({ namespace: ns }),
    steps: true,
    verdict: 'needs-hands',
  },
  {
    name: 'another name of the chart: everything is new, and the data is left behind',
    from: (ns) => small({ namespace: ns }),
    to: (ns) => small({ namespace: ns, id: 'store' }),
    verdict: 'needs-hands',
  },
];

function aClaim(size, storageClass = 'expandable') {
  return { volumes: [{ name: 'files', mountPath: '/files', size, claimName: 'shop-web-files', storageClass }] };
}

const idOf = ({ kind, metadata }) => `${kind}/${metadata.name}`;
const namesOf = (objects) => objects.map(idOf).sort();

/** What a release emits, Secrets included, as `tars diff` reads it. */
function emittedIn(dist) {
  const manifests = readdirSync(dist)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((file) => objectsIn(join(dist, file)).map((object, document) => ({ file, document, object })));
  return { kubernetesVersion: '1.37', manifests, compose: [] };
}

/**
 * Applies, and returns the objects as the server has them then, before any controller sees them, and
 * those that it refused.
 */
async function applied(dist) {
  const { code, stdout, stderr } = await cluster.controlPlane.kubectl(['apply', '-f', dist, '-o', 'json']);
  if (code === 0) return { objects: itemsOf(stdout), refused: [], stderr };
  const invalid = /(?:^The |: )(\w+)(?:\.[\w.]+)? "([^"]+)" is invalid: /gm;
  const refused = [...stderr.matchAll(invalid)].map(([, kind, name]) => `${kind}/${name}`);
  assert.notEqual(refused.length, 0, stderr);
  // Together with a refusal kubectl prints no objects.
  const got = itemsOf((await cluster.kubectl('get', '-f', dist, '-o', 'json')).stdout);
  return { objects: got.filter((one) => !refused.includes(idOf(one))), refused, stderr };
}

function itemsOf(text) {
  const value = JSON.parse(text);
  return value.kind === 'List' ? value.items : [value];
}

/** Claims have no provisioner here: what a controller would write is written by hand. */
async function bind(namespace) {
  const { items } = await cluster.json('pvc', '-n', namespace);
  for (const { metadata, spec } of items) {
    const status = { phase: 'Bound', capacity: spec.resources.requests, accessModes: spec.accessModes };
    const patch = JSON.stringify({ status });
    await cluster.kubectl(
      'patch',
      'pvc',
      metadata.name,
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    );
  }
}

/** Takes the steps of a finding as a person would: one command after the other, in the project's directory. */
async function take(steps, root, taken) {
  const env = {
    KUBECONFIG: cluster.controlPlane.kubeconfig,
    HOME: cluster.controlPlane.directory,
    PATH: `${join(cluster.controlPlane.directory, 'bin')}:${process.env.PATH}`,
  };
  for (const step of steps) {
    // Two findings may ask for the same.
    if (taken.has(step) && !step.startsWith('kubectl apply -f')) continue;
    taken.add(step);
    const { code, stdout, stderr } = await run('/bin/bash', ['-c', `set -o pipefail; ${step}`], { env, cwd: root });
    // An apply in between may still be refused what a later step is for.
    if (!step.startsWith('kubectl apply -f')) assert.equal(code, 0, `${step}\n${stdout}${stderr}`);
  }
}

describe('an upgrade, as the API server takes it', { concurrency: 3 }, () => {
  for (const [index, pair] of PAIRS.entries()) {
    test(pair.name, async (t) => {
      const namespace = `upgrade-${index}`;
      t.after(() => cluster.controlPlane.kubectl(['delete', 'namespace', namespace, '--wait=false']));
      const first = synthesized(t, pair.from(namespace), { keys: VALUES });
      const second = synthesized(t, pair.to(namespace), { keys: pair.secrets ?? VALUES });
      const upgrade = tars.compareReleases(emittedIn(first.dist), emittedIn(second.dist));
      assert.equal(upgrade.verdict, pair.verdict, JSON.stringify(upgrade.findings, null, 1));

      const before = new Map((await applied(first.dist)).objects.map((one) => [idOf(one), one]));
      if (pair.bound) {
        await cluster.until('claims', async () => {
          const { items } = await cluster.json('pvc', '-n', namespace);
          const sets = [...before.values()].filter(({ kind }) => kind === 'StatefulSet').length;
          return (
            items.length >= sets + [...before.values()].filter(({ kind }) => kind === 'PersistentVolumeClaim').length
          );
        });
        await bind(namespace);
      }
      const taken = new Set();
      if (pair.steps && pair.fall === undefined && pair.refused === undefined) {
        // Steps that are to be taken before the first apply.
        const early = upgrade.findings.filter(({ code }) => ['TARS6606', 'TARS6613'].includes(code));
        for (const { steps } of early) await take(steps, second.root, taken);
      }
      const { objects, refused, stderr } = await applied(second.dist);
      const after = new Map(objects.map((one) => [idOf(one), one]));

      // What is refused.
      const wanted = emittedIn(second.dist).manifests.map(({ object }) => object);
      assert.deepEqual(namesOf(objects), namesOf(wanted.filter((object) => !refused.includes(idOf(object)))));
      const predicted = upgrade.findings.filter(({ code }) => code === 'TARS6601').map(({ path }) => path);
      assert.deepEqual([...new Set(predicted.map((path) => path.replace(/\..*$/, '')))].sort(), refused.sort(), stderr);
      assert.deepEqual(refused, (pair.refused ?? []).sort(), stderr);

      // What changes, and nothing else: the generation is the server's own count of changes of the spec.
      const changes = new Map(upgrade.objects.map((one) => [idOf((one.after ?? one.before).object), one]));
      for (const [id, object] of after) {
        const old = before.get(id);
        const change = changes.get(id);
        if (old === undefined) {
          assert.equal(change?.change, 'added', id);
          continue;
        }
        const touches = change?.fields.some(({ keys }) => keys[0] === 'spec') === true;
        const isNew = old.metadata.uid !== object.metadata.uid;
        if (old.metadata.generation !== undefined && !isNew && !pair.steps) {
          assert.equal(object.metadata.generation > old.metadata.generation, touches, `generation of ${id}`);
        }
        if (change === undefined && !pair.steps && ['ConfigMap', 'Service', 'Secret'].includes(object.kind)) {
          assert.equal(object.metadata.resourceVersion, old.metadata.resourceVersion, id);
        }
      }

      // Whose replicas fall.
      const fallen = [...after.values()].filter(
        (object) => (object.spec?.replicas ?? 0) < (before.get(idOf(object))?.spec?.replicas ?? 0),
      );
      assert.deepEqual(namesOf(fallen), pair.fall ?? []);
      const falls = upgrade.findings.filter(({ code, path }) => code === 'TARS6606' && path.endsWith('.spec.replicas'));
      for (const id of pair.fall ?? [])
        assert.ok(
          falls.some(({ path }) => path.startsWith(id)),
          `${id} falls unsaid`,
        );

      // What is left.
      const removed = upgrade.objects.filter(({ change }) => change === 'removed').map((one) => one.before.object);
      for (const object of removed) {
        if (pair.steps && object.kind === 'HorizontalPodAutoscaler') continue;
        await cluster.kubectl('get', object.kind, object.metadata.name, '-n', namespace);
      }
      if (pair.left !== undefined) {
        const isExpected = (id) =>
          pair.left.some((one) => one === id || (!one.includes('/') && id.startsWith(`${one}/`)));
        assert.ok(namesOf(removed).every(isExpected), `${namesOf(removed)}`);
        assert.equal(removed.length >= pair.left.length, true);
      }

      if (!pair.steps) return;
      const late = upgrade.findings.filter(({ code }) => ['TARS6601', 'TARS6609'].includes(code));
      for (const { steps } of late) await take(steps, second.root, taken);
      const final = await applied(second.dist);
      assert.equal(final.stderr, '');
      assert.deepEqual(namesOf(final.objects), namesOf(wanted));
      for (const object of removed) {
        const args = ['get', object.kind, object.metadata.name, '-n', namespace, '--ignore-not-found', '-o', 'name'];
        assert.equal((await cluster.kubectl(...args)).stdout, '', `${idOf(object)} is still there`);
      }
      // Nobody lost data on the way: the claims are those of the first release.
      for (const { kind, metadata } of before.values()) {
        if (kind !== 'StatefulSet') continue;
        const { items } = await cluster.json('pvc', '-n', namespace);
        assert.ok(
          items.some((one) => one.metadata.name.endsWith(`-${metadata.name}-0`)),
          metadata.name,
        );
      }
    });
  }
});

describe('tars diff --against cluster', () => {
  /** The tool as a person runs it, in this repository. */
  const diff = (kubeconfig, ...args) =>
    run(process.execPath, [join(ROOT, 'build', 'lib', 'cli', 'main.js'), 'diff', '--against', 'cluster', ...args], {
      cwd: ROOT,
      env: {
        KUBECONFIG: kubeconfig,
        HOME: cluster.controlPlane.directory,
        PATH: `${join(cluster.controlPlane.directory, 'bin')}:${process.env.PATH}`,
      },
    });

  test('of what was applied nothing differs, whatever the server added; of what was edited the edit', async (t) => {
    const { kubeconfig } = cluster.controlPlane;
    t.after(() => cluster.controlPlane.kubectl(['delete', 'namespace', 'tars']));
    await cluster.kubectl('apply', '-f', join(ROOT, 'dist'));
    const same = await diff(kubeconfig, '--detailed-exitcode');
    assert.equal(same.code, 0, same.stdout + same.stderr);
    assert.match(same.stdout, /^compared with cluster \(.+\)\nnothing differs\n$/);

    await cluster.kubectl('scale', '-n', 'tars', 'deployment/tars-frontend', '--replicas=2');
    await cluster.kubectl('set', 'env', '-n', 'tars', 'statefulset/tars-ollama', 'OLLAMA_HOST=127.0.0.1:11434');
    await cluster.kubectl('annotate', '-n', 'tars', 'deployment/tars-frontend', 'somebody/else=1');
    const edited = await diff(kubeconfig, '-o', 'json');
    const [{ objects, findings, verdict }] = JSON.parse(edited.stdout).environments;
    const fields = objects.flatMap((one) =>
      one.fields.map(({ path, before, after }) => `${one.object} ${path}: ${before} → ${after}`),
    );
    assert.deepEqual(fields, [
      'StatefulSet/tars-ollama spec.template.spec.containers[ollama].env[OLLAMA_HOST].value: 127.0.0.1:11434 → 0.0.0.0:11434',
      'Deployment/tars-frontend spec.replicas: 2 → 1',
    ]);
    // The server says who wrote a field; what nobody applies is nobody's business.
    assert.deepEqual(foreign(findings), [
      'notice Deployment/tars-frontend.spec.replicas kubectl',
      'notice StatefulSet/tars-ollama.spec.template.spec.containers[0].env[2].value kubectl-set',
    ]);
    assert.equal(verdict, 'in-place', 'an apply undoes both');
  });

  /** Who else wrote the fields that an apply changes. */
  const foreign = (findings) =>
    findings
      .filter(({ code }) => code === 'TARS6614')
      .map(({ severity, path, given }) => `${severity} ${path} ${/^written by "(.*?)"( at \S+)?$/.exec(given)?.[1]}`)
      .sort();

  test('of a field that another program writes the two that undo each other', async (t) => {
    const { kubeconfig } = cluster.controlPlane;
    t.after(() => cluster.controlPlane.kubectl(['delete', 'namespace', 'tars', '--wait=false']));
    await cluster.kubectl('apply', '-f', join(ROOT, 'dist'));
    const port = '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8099}]';
    const patch = ['patch', '-n', 'tars', 'service/tars-backend', '--type=json', '-p', port];
    await cluster.kubectl(...patch, '--field-manager=mesh-operator');
    const grown = {
      spec: { template: { spec: { containers: [{ name: 'backend', resources: { limits: { memory: '3Gi' } } }] } } },
    };
    const owned = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'tars-backend', namespace: 'tars' },
      ...grown,
    };
    await cluster.controlPlane.kubectl(
      ['apply', '--server-side', '--force-conflicts', '--field-manager=vpa', '-f', '-'],
      {
        input: JSON.stringify(owned),
      },
    );
    const { stdout } = await diff(kubeconfig, '-o', 'json');
    assert.deepEqual(foreign(JSON.parse(stdout).environments[0].findings), [
      'warning Deployment/tars-backend.spec.template.spec.containers[0].resources.limits.memory vpa',
      'warning Service/tars-backend.spec.ports[0].targetPort mesh-operator',
    ]);
    const text = await diff(kubeconfig);
    assert.equal(text.code, 7, text.stderr);
    assert.match(
      text.stdout,
      /TARS6614 Service\/tars-backend\.spec\.ports\[0\]\.targetPort: mesh-operator wrote this field/,
    );
    // What it says comes true: the one apply takes the fields, and the next comparison finds nothing.
    await cluster.kubectl('apply', '-f', join(ROOT, 'dist'));
    const after = await diff(kubeconfig, '--detailed-exitcode');
    assert.equal(after.code, 0, after.stdout + after.stderr);
  });

  test('a cluster that does not answer: a message, exit code 1, no stack', async () => {
    const config = await readFile(cluster.controlPlane.kubeconfig, 'utf8');
    const file = join(cluster.controlPlane.directory, 'nobody.yaml');
    await writeFile(file, config.replaceAll(cluster.controlPlane.url, 'https://127.0.0.1:1'));
    const { code, stdout, stderr } = await diff(file);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^error TARS6621 --against cluster: the cluster does not answer\n {4}given: {3}\S/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
});
