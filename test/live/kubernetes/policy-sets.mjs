// @ts-check
// Random sets of policies over a handful of pods: the same seed gives the same set, on any machine.

/**
 * A pod of the test. Its address is known once it runs.
 *
 * @typedef {object} Actor
 * @property {string} name
 * @property {string} namespace
 * @property {Readonly<Record<string, string>>} labels
 * @property {readonly { name: string, containerPort: number, protocol: 'TCP' | 'UDP' }[]} ports
 */

/** @typedef {() => number} Random from 0 to 1, without 1 */

export const namespaces = [
  { name: 'tars-policies-red', labels: { team: 'red', tested: 'policies' } },
  { name: 'tars-policies-blue', labels: { team: 'blue', tested: 'policies' } },
];

/** Ports that everybody listens on; what a name means differs from pod to pod. */
export const tcpPorts = [8080, 8081, 9000];
export const udpPorts = [5300];

/**
 * Those that share one named port share all: kube-router mixes up the addresses of pods that share one and
 * differ in another, by an order that is left to chance (v2.1.0, policy.go, grabNamedPortFromPod: one map of
 * addresses for all ports of a pod, to which the next pod with one of them is appended).
 *
 * @type {readonly Actor[]}
 */
export const actors = namespaces.flatMap(({ name: namespace }, index) =>
  [
    { name: 'one', labels: { app: 'web', tier: 'front' }, main: 8080 },
    { name: 'two', labels: { app: 'api', tier: 'back' }, main: 8081 },
    { name: 'three', labels: { app: index === 0 ? 'web' : 'db' }, main: 9000 },
  ].map(({ name, labels, main }) => ({
    name,
    namespace,
    labels,
    ports: [
      { name: 'main', containerPort: main, protocol: /** @type {const} */ ('TCP') },
      ...(name === 'two' ? [{ name: 'names', containerPort: 5300, protocol: /** @type {const} */ ('UDP') }] : []),
    ],
  })),
);

/**
 * @param {number} seed
 * @param {ReadonlyMap<Actor, string>} addresses
 * @returns {object[]} the policies
 */
export function policiesOf(seed, addresses) {
  const random = generator(seed);
  return Array.from({ length: 1 + below(random, 5) }, (_, index) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `set-${seed}-${index}`, namespace: pick(random, namespaces).name },
    spec: spec(random, addresses),
  }));
}

/**
 * @param {Random} random
 * @param {ReadonlyMap<Actor, string>} addresses
 */
function spec(random, addresses) {
  const types = pick(random, [undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress'], ['Ingress', 'Egress']]);
  const ingress = some(random, 3, () => rule(random, addresses, 'from'));
  const egress = some(random, 3, () => rule(random, addresses, 'to'));
  return {
    podSelector: selector(random),
    ...(types === undefined ? {} : { policyTypes: types }),
    ...(types?.includes('Ingress') === false ? {} : { ingress }),
    ...(types !== undefined && !types.includes('Egress') ? {} : { egress }),
  };
}

/**
 * @param {Random} random
 * @param {ReadonlyMap<Actor, string>} addresses
 * @param {'from' | 'to'} key
 */
function rule(random, addresses, key) {
  return { [key]: some(random, 3, () => peer(random, addresses)), ports: some(random, 3, () => port(random)) };
}

/**
 * @param {Random} random
 * @param {ReadonlyMap<Actor, string>} addresses
 */
function peer(random, addresses) {
  switch (below(random, 4)) {
    case 0:
      return { podSelector: selector(random) };
    case 1:
      return { namespaceSelector: namespaceSelector(random) };
    case 2:
      return { podSelector: selector(random), namespaceSelector: namespaceSelector(random) };
    default:
      return { ipBlock: block(random, [...addresses.values()]) };
  }
}

/**
 * @param {Random} random
 * @param {readonly string[]} addresses
 */
function block(random, addresses) {
  const cidr = pick(random, [
    '0.0.0.0/0',
    ...addresses.map((address) => `${address}/32`),
    `${addresses[0]?.replace(/\d+$/, '0')}/24`,
  ]);
  const wide = !cidr.endsWith('/32');
  const except = wide ? some(random, 3, () => `${pick(random, addresses)}/32`) : [];
  return except.length === 0 ? { cidr } : { cidr, except: [...new Set(except)] };
}

/** @param {Random} random */
function selector(random) {
  const app = pick(random, ['web', 'api', 'db']);
  switch (below(random, 7)) {
    case 0:
      return {};
    case 1:
    case 2:
      return { matchLabels: { app } };
    case 3:
      return { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', app] }] };
    case 4:
      return { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [app] }] };
    case 5:
      return { matchExpressions: [{ key: 'tier', operator: pick(random, ['Exists', 'DoesNotExist']) }] };
    default:
      return { matchLabels: { app }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] };
  }
}

/** @param {Random} random */
function namespaceSelector(random) {
  const { name, labels } = pick(random, namespaces);
  return pick(random, [
    {},
    { matchLabels: { team: labels.team } },
    { matchLabels: { 'kubernetes.io/metadata.name': name } },
    { matchExpressions: [{ key: 'team', operator: 'NotIn', values: [labels.team] }] },
    { matchExpressions: [{ key: 'tested', operator: 'DoesNotExist' }] },
  ]);
}

/** @param {Random} random */
function port(random) {
  const number = pick(random, tcpPorts);
  return pick(random, [
    { port: number, protocol: 'TCP' },
    { port: number },
    { port: 8000, endPort: number, protocol: 'TCP' },
    { port: 'main', protocol: 'TCP' },
    { port: 'names', protocol: 'UDP' },
    { port: 5300, protocol: 'UDP' },
    { protocol: 'UDP' },
    { protocol: 'TCP' },
  ]);
}

/**
 * A small generator of numbers that look random.
 *
 * @param {number} seed
 * @returns {Random}
 * @see https://en.wikipedia.org/wiki/Linear_congruential_generator
 */
function generator(seed) {
  let state = BigInt(seed) * 2_654_435_761n + 1n;
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 33n) / 2 ** 31;
  };
}

/**
 * @param {Random} random
 * @param {number} end
 */
function below(random, end) {
  return Math.floor(random() * end);
}

/**
 * @template T
 * @param {Random} random
 * @param {readonly T[]} items
 * @returns {T}
 */
function pick(random, items) {
  return /** @type {T} */ (items[below(random, items.length)]);
}

/**
 * @template T
 * @param {Random} random
 * @param {number} end how many there are at most, and one more
 * @param {() => T} make
 * @returns {T[]}
 */
function some(random, end, make) {
  return Array.from({ length: below(random, end) }, make);
}
