// What a pod, a claim or a Service counts against a quota, and what a LimitRange makes of it or refuses:
// said by ours, and by the admission of the real API server, which is asked by dry runs. A quota of
// nothing makes it say what it would have counted.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { until } from '../testbed/wait.mjs';
import { ApiServer } from './api-server.mjs';
import { randomClaim, randomLimitRange, randomPod, randomService } from './capacity/pods.mjs';
import { mutationsOf } from './capacity/mutations.mjs';
import { randomSource } from './random.mjs';

const require = createRequire(import.meta.url);
const ours = (name) => require(`../../build/lib/verify/${name}.js`);
const { limitItemsIn, refusals } = ours('capacity/limit-range');
const { boundedPod } = ours('capacity/pod-resources');
const { podUsage, objectUsage, ANSWERED } = ours('capacity/quota-usage');
const { scopesMatchPod, scopesOf } = ours('capacity/quota-scopes');
const { readResourceList } = ours('capacity/resource-list');
const { capacity } = ours('capacity/capacity');
const { podTemplatesOf } = ours('pods');
const { parseQuantity } = require('../../build/lib/model/kubernetes-quantity.js');
const { App } = require('cdk8s');
const tars = require('cdk8s-tars');

const MINOR = 37;
const PODS = Number(process.env.CAPACITY_PODS ?? 150);
/** Everything that can be counted of a pod, and nothing of it allowed. */
const EVERY_KEY = [
  ...['pods', 'count/pods', 'cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi'],
  ...[
    'requests.cpu',
    'requests.memory',
    'requests.ephemeral-storage',
    'requests.nvidia.com/gpu',
    'requests.hugepages-2Mi',
  ],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
];

/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
/** @type {ApiServer} */
let api;
const counted = { asked: 0, refused: 0, invalid: 0 };

before(async () => {
  plane = await startControlPlane({ controllerManagerArgs: ['--controllers=*,resourcequota-controller'] });
  api = new ApiServer(plane);
  const overhead = { podFixed: { cpu: '250m', memory: '120Mi' } };
  await api.create({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'heavy' },
    handler: 'heavy',
    overhead,
  });
  for (const [name, value] of [
    ['high', 100],
    ['low', 1],
  ]) {
    await api.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
    // Admission looks at a copy that comes a moment later.
    const spec = { priorityClassName: name, containers: [{ name: 'one', image: 'one:1' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
    await until('the class', async () => !(await api.dryRun(pod)).refused);
  }
});
after(async () => {
  api?.close();
  await plane?.stop();
  console.log(
    `${counted.asked} objects, ${counted.refused} of them refused; ${counted.invalid} were invalid by themselves`,
  );
});

/** A namespace with these objects, once its quota is in force. */
async function namespaceWith(name, ...objects) {
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of objects) await api.create(object);
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  while ((await api.send('GET', account)).status !== 200) await sleep(30);
  for (const { metadata } of objects.filter(({ kind }) => kind === 'ResourceQuota')) {
    const path = `/api/v1/namespaces/${name}/resourcequotas/${metadata.name}`;
    while ((await api.send('GET', path)).body.status?.hard === undefined) await sleep(30);
  }
  // Admission looks at a copy that comes a moment later.
  await sleep(300);
}

const quota = (namespace, hard, rest = {}) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota', namespace },
  spec: { hard: Object.fromEntries(hard.map((key) => [key, '0'])), ...rest },
});

const emittedOf = (...objects) => ({ manifests: objects.map((object, document) => ({ file: 'x', document, object })) });

/** Ours of a pod in a namespace with these LimitRanges. */
function bounded(pod, ...ranges) {
  const items = limitItemsIn(emittedOf(...ranges), pod.metadata.namespace);
  return { items, pod: boundedPod({ spec: pod.spec, path: ['spec'] }, items, MINOR) };
}

async function ask(object) {
  const said = await until('the quota is known to admission', async () => {
    const answer = await api.dryRun(object);
    return answer.message.includes('status unknown for quota') ? undefined : answer;
  });
  counted.asked += 1;
  if (said.refused) counted.refused += 1;
  return said;
}

/** Amounts as text that can be compared: the same number, however it is written. */
const plain = (list) =>
  Object.fromEntries(
    [...list]
      .filter(([, amount]) => amount > 0n)
      .map(([k, amount]) => [k, String(amount)])
      .sort(),
  );

/** `exceeded quota: quota, requested: a=1,b=2, used: …` → what was requested. */
function requested(message) {
  const list = /requested: (.*?), used:/.exec(message)?.[1] ?? '';
  return Object.fromEntries(
    list
      .split(',')
      .map((pair) => pair.split('='))
      .map(([k, v]) => [k, String(parseQuantity(v))])
      .sort(),
  );
}

describe('what a pod counts', () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    test(`against a quota of nothing, seed ${seed}`, async () => {
      const random = randomSource(seed);
      const namespace = `usage-${seed}`;
      // Half of them without the keys that every container has to answer.
      const keys = seed % 2 === 0 ? EVERY_KEY : EVERY_KEY.filter((key) => !(key in ANSWERED));
      await namespaceWith(namespace, quota(namespace, keys));
      for (let i = 0; i < PODS; i += 1) {
        const pod = randomPod(random, `p${i}`, namespace);
        const said = await ask(pod);
        const { pod: own } = bounded(pod);
        if (said.message.startsWith('422')) {
          assert.ok(pod.spec.resources, `${JSON.stringify(pod.spec)}: ${said.message}`);
          counted.invalid += 1;
          continue;
        }
        const unanswered = own.saysOwnResources ? [] : missing(own, keys);
        if (unanswered.length > 0) {
          assert.deepEqual(mustSpecify(said.message), unanswered, JSON.stringify(pod.spec));
        } else {
          const usage = plain([...podUsage(own.charged)].filter(([key]) => keys.includes(key)));
          assert.deepEqual(requested(said.message), usage, `${JSON.stringify(pod.spec)}: ${said.message}`);
        }
      }
    });
  }

  /** Ours: which key is not answered by whom. */
  function missing(pod, keys) {
    return keys
      .filter((key) => key in ANSWERED)
      .map((key) => [
        key,
        pod.containers.filter((c) => !c[ANSWERED[key].list].has(ANSWERED[key].resource)).map(({ name }) => name),
      ])
      .filter(([, names]) => names.length > 0)
      .map(([key, names]) => `${key} for: ${names.sort().join(',')}`)
      .sort();
  }

  /** Theirs. */
  function mustSpecify(message) {
    const list = /must specify (.*)$/.exec(message)?.[1];
    return list === undefined ? message : list.split('; ').sort();
  }

  const SCOPES = [
    { scopes: ['BestEffort'] },
    { scopes: ['NotBestEffort'] },
    { scopes: ['Terminating'] },
    { scopes: ['NotTerminating', 'NotBestEffort'] },
    { scopes: ['CrossNamespacePodAffinity'] },
    ...[
      ['In', ['high']],
      ['NotIn', ['high']],
      ['Exists', undefined],
      ['DoesNotExist', undefined],
    ].map(([operator, values]) => ({
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values && { values }) }] },
    })),
  ];
  for (const [i, scope] of SCOPES.entries()) {
    test(`with the scope ${JSON.stringify(scope)}`, async () => {
      const random = randomSource(100 + i);
      const namespace = `scope-${i}`;
      await namespaceWith(namespace, quota(namespace, ['pods'], scope));
      for (let n = 0; n < 60; n += 1) {
        const pod = randomPod(random, `p${n}`, namespace);
        delete pod.spec.resources;
        const { refused, message } = await ask(pod);
        const { pod: own } = bounded(pod);
        assert.equal(refused, scopesMatchPod(scopesOf(scope), pod, own), `${JSON.stringify(pod.spec)}: ${message}`);
      }
    });
  }
});

describe('what a LimitRange makes of a pod, and refuses', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    test(`seed ${seed}`, async () => {
      const random = randomSource(1000 + seed);
      const namespace = `limits-${seed}`;
      const range = randomLimitRange(random, namespace);
      await namespaceWith(namespace, range);
      for (let i = 0; i < PODS / 2; i += 1) {
        const pod = randomPod(random, `p${i}`, namespace);
        const said = await ask(pod);
        const { items, pod: own } = bounded(pod, range);
        const exceeding = own.containers.filter((c) =>
          [...c.limits].some(([k, limit]) => (c.requests.get(k) ?? 0n) > limit),
        );
        if (said.message.startsWith('422')) {
          // Invalid once the defaults are in; what is said of the whole pod has rules of its own.
          assert.ok(exceeding.length > 0 || pod.spec.resources, `${JSON.stringify(pod.spec)}: ${said.message}`);
          counted.invalid += 1;
          continue;
        }
        assert.deepEqual(exceeding, []);
        const against = items.flatMap((item) =>
          item.type === 'Container'
            ? own.containers.flatMap((c) => refusals(item, c))
            : item.type === 'Pod'
              ? refusals(item, own.bare)
              : [],
        );
        assert.deepEqual(
          reasons(said.message),
          alike(against.map(({ message }) => message)),
          JSON.stringify({ pod: pod.spec, range: range.spec, message: said.message }),
        );
        if (said.refused) continue;
        const kept = [...(said.object.spec.initContainers ?? []), ...said.object.spec.containers];
        assert.deepEqual(
          kept.map(({ resources }) => [
            plain(readResourceList(resources.requests)),
            plain(readResourceList(resources.limits)),
          ]),
          own.containers.map(({ requests, limits }) => [plain(requests), plain(limits)]),
          JSON.stringify(pod.spec),
        );
      }
      for (let i = 0; i < 20; i += 1) {
        const claim = randomClaim(random, `c${i}`, namespace);
        const said = await ask(claim);
        const requests = readResourceList(claim.spec.resources.requests);
        const against = limitItemsIn(emittedOf(range), namespace)
          .filter(({ type }) => type === 'PersistentVolumeClaim')
          .flatMap((item) => refusals(item, { requests, limits: new Map() }));
        assert.deepEqual(reasons(said.message), alike(against.map(({ message }) => message)));
      }
    });
  }

  /** `403 pods "p" is forbidden: [a, b]` → a and b. */
  function reasons(message) {
    const list = /is forbidden: \[?(.*?)\]?$/.exec(message)?.[1] ?? '';
    return alike(list.split(/, (?=minimum|maximum|cpu max|memory max)/).filter((one) => one !== ''));
  }

  /** Each once, and amounts as numbers: the server keeps the way in which they were written. */
  function alike(messages) {
    const amounts = (text) =>
      text.replace(/(?<= )\d[\w.]*?(?=[,.]? |\.? {2}|$|,)/g, (word) => String(parseQuantity(word) ?? word));
    return [...new Set(messages.map(amounts))].sort();
  }
});

test('what claims and Services count', async () => {
  const random = randomSource(7);
  const keys = [
    ...['persistentvolumeclaims', 'count/persistentvolumeclaims', 'requests.storage'],
    ...['fast', 'slow'].flatMap((name) =>
      ['persistentvolumeclaims', 'requests.storage'].map((key) => `${name}.storageclass.storage.k8s.io/${key}`),
    ),
    ...['services', 'count/services', 'services.loadbalancers', 'services.nodeports'],
  ];
  await namespaceWith('objects', quota('objects', keys));
  for (let i = 0; i < 150; i += 1) {
    for (const make of [randomClaim, randomService]) {
      const object = make(random, `o${i}`, 'objects');
      const { message } = await ask(object);
      assert.deepEqual(
        requested(message),
        plain(objectUsage({ object })),
        `${JSON.stringify(object.spec)}: ${message}`,
      );
    }
  }
});

describe('the TARS stack and its mutations, each in a namespace of its own', () => {
  const app = new App();
  new tars.TarsChart(app, 'tars', { kubernetesVersion: '1.37' });
  const { emitted } = tars.subjectOf(app);
  const rows = mutationsOf('capacity').filter(({ code }) => /TARS620[1-4]/.test(code));
  for (const [i, { name, mutate }] of [{ name: 'untouched', mutate: (set) => set }, ...rows].entries()) {
    test(name, async () => {
      const namespace = `stack-${i}`;
      const set = mutate(emitted);
      const moved = (object) => ({ ...object, metadata: { ...object.metadata, namespace } });
      const objects = set.manifests.map(({ object }) => object);
      await namespaceWith(
        namespace,
        ...objects.filter(({ kind }) => ['ResourceQuota', 'LimitRange'].includes(kind)).map(moved),
      );
      const issues = capacity.prove({ emitted: set, systems: [] });
      const wrong = issues.filter(({ code }) => ['TARS6202', 'TARS6203', 'TARS6204'].includes(code));
      for (const template of podTemplatesOf(set)) {
        const pod = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'pod', namespace, labels: template.labels },
          spec: template.spec,
        };
        // Its controller adds the account, and the volumes of a StatefulSet's claims.
        const claims = template.owner.object.spec.volumeClaimTemplates ?? [];
        const volumes = claims.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} }));
        const spec = {
          ...pod.spec,
          serviceAccountName: undefined,
          volumes: [...(pod.spec.volumes ?? []), ...volumes],
        };
        const { refused, message } = await ask({ ...pod, spec });
        // The claims of a StatefulSet are refused by themselves.
        const own = wrong.filter(({ path }) => !path.includes('.volumeClaimTemplates'));
        const said = own.filter(({ path }) => path.startsWith(`${template.kind}/${template.name}.`));
        assert.equal(
          refused,
          said.length > 0,
          `${template.kind}/${template.name}: ${message} ${said.map((one) => one.message).join('; ')}`,
        );
      }
      for (const claim of objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')) {
        const { refused, message } = await ask(moved(claim));
        const said = wrong.filter(({ path }) => path.startsWith(`PersistentVolumeClaim/${claim.metadata.name}.`));
        // A quota of claims that is too small for all is not too small for one.
        assert.equal(refused, said.length > 0, `${claim.metadata.name}: ${message}`);
      }
    });
  }
});
