// Random nodes and pods with everything that the scheduler's filters and scores look at.
import { randomSource } from '../random.mjs';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const APPS = ['web', 'api', 'db'];
const TAINTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const Gi = 1024 ** 3;

/**
 * @typedef {object} Case
 * @property {readonly import('../../../lib/verify/fit/node').Node[]} nodes
 * @property {readonly object[]} objects Services and claims
 * @property {readonly any[]} pods in the order in which they are made
 */

/**
 * @param {number} seed
 * @param {string} namespace
 * @returns {Case}
 */
export function randomCase(seed, namespace) {
  const random = randomSource(seed);
  const zones = random.pick([[], ['a', 'b'], ['a', 'b', 'c']]);
  const names = Array.from({ length: 2 + random.below(5) }, (_, i) => `n${seed}-${i}`);
  // Equal nodes leave more to chance.
  const model = random.chance(0.3) ? randomNode(random, '', []) : undefined;
  const nodes = names.map((name) =>
    model === undefined
      ? randomNode(random, name, zones)
      : { ...model, name, labels: { ...model.labels, [HOSTNAME]: name } },
  );
  const claims = random.chance(0.4) ? randomClaims(namespace) : [];
  const pods = Array.from({ length: 6 + random.below(14) }, (_, i) => randomPod(random, namespace, i, claims));
  const services = APPS.filter(() => random.chance(0.3)).map((app) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, namespace },
    spec: { selector: { app }, ports: [{ port: 80 }] },
  }));
  return { nodes, objects: [...services, ...claims], pods };
}

function randomNode(random, name, zones) {
  const taints = random.chance(0.25)
    ? [{ key: 'kept', value: random.pick(['x', 'y']), effect: random.pick(TAINTS) }]
    : [];
  return {
    name,
    labels: {
      [HOSTNAME]: name,
      // Now and then a node says no zone.
      ...(zones.length > 0 && random.chance(0.95) ? { [ZONE]: random.pick(zones) } : {}),
      disk: random.pick(['ssd', 'hdd']),
      ...(random.chance(0.3) ? { size: String(random.below(5)) } : {}),
    },
    taints,
    allocatable: {
      cpu: random.pick([1000, 2000, 4000, 3750]),
      memory: random.pick([1, 2, 4, 8]) * Gi,
      'ephemeral-storage': random.pick([2, 20]) * Gi,
      pods: random.pick([3, 110, 110, 110]),
      ...(random.chance(0.2) ? { 'nvidia.com/gpu': 1 + random.below(2) } : {}),
    },
  };
}

function randomClaims(namespace) {
  return ['data', 'shared', 'own'].map((name, i) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: {
      storageClassName: 'oracle',
      accessModes: [['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod'][i] ?? 'ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  }));
}

function randomPod(random, namespace, index, claims) {
  const app = random.pick(APPS);
  const claim = claims.length > 0 && random.chance(0.4) ? random.pick(claims).metadata.name : undefined;
  const affinity = randomAffinity(random, app);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p${String(index).padStart(2, '0')}`,
      namespace,
      labels: { app, tier: random.pick(['front', 'back']) },
    },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: Array.from({ length: 1 + random.below(2) }, (_, i) => randomContainer(random, `c${i}`, i === 0)),
      ...(random.chance(0.2) ? { initContainers: randomInits(random) } : {}),
      ...(random.chance(0.15) ? { nodeSelector: { disk: random.pick(['ssd', 'hdd']) } } : {}),
      ...(random.chance(0.3) ? { tolerations: [randomToleration(random)] } : {}),
      ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
      ...(random.chance(0.25) ? { topologySpreadConstraints: randomSpreads(random, app) } : {}),
      ...(claim === undefined ? {} : { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: claim } }] }),
    },
  };
}

function randomContainer(random, name, mayHavePort) {
  const requests = {
    ...(random.chance(0.8) ? { cpu: random.pick(['50m', '100m', '250m', '500m', '1', '0.3333']) } : {}),
    ...(random.chance(0.8) ? { memory: random.pick(['64Mi', '128M', '512Mi', '1Gi', '300e6']) } : {}),
    ...(random.chance(0.2) ? { 'ephemeral-storage': '1Gi' } : {}),
  };
  const limits = random.chance(0.08) ? { 'nvidia.com/gpu': '1' } : {};
  const ports = mayHavePort && random.chance(0.08) ? { ports: [{ containerPort: 80, hostPort: 8080 }] } : {};
  return { name, image: 'registry.example/none:1', resources: { requests, limits }, ...ports };
}

function randomInits(random) {
  return Array.from({ length: 1 + random.below(2) }, (_, i) => ({
    ...randomContainer(random, `i${i}`, false),
    ...(random.chance(0.5) ? { restartPolicy: 'Always' } : {}),
  }));
}

function randomToleration(random) {
  return random.pick([
    { operator: 'Exists' },
    { key: 'kept', operator: 'Exists' },
    { key: 'kept', operator: 'Equal', value: 'x' },
    { key: 'kept', operator: 'Equal', value: 'y', effect: 'NoSchedule' },
    { key: 'kept', operator: 'Exists', effect: 'PreferNoSchedule' },
  ]);
}

function randomAffinity(random, app) {
  const term = (other) => ({
    topologyKey: random.pick([HOSTNAME, HOSTNAME, ZONE]),
    labelSelector: random.pick([
      { matchLabels: { app: other } },
      { matchExpressions: [{ key: 'app', operator: 'In', values: [other, 'web'] }] },
      { matchLabels: { app: other }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] },
    ]),
  });
  const node = () => ({
    matchExpressions: [
      random.pick([
        { key: 'disk', operator: 'In', values: ['ssd'] },
        { key: 'disk', operator: 'NotIn', values: ['ssd'] },
        { key: 'size', operator: 'Exists' },
        { key: 'size', operator: 'DoesNotExist' },
        { key: 'size', operator: 'Gt', values: ['2'] },
        { key: 'size', operator: 'Lt', values: ['2'] },
      ]),
    ],
  });
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  const weight = () => 1 + random.below(100);
  return {
    ...(random.chance(0.2)
      ? {
          nodeAffinity: {
            ...(random.chance(0.5)
              ? { [required]: { nodeSelectorTerms: [node(), ...(random.chance(0.3) ? [node()] : [])] } }
              : {}),
            [preferred]: [{ weight: weight(), preference: node() }],
          },
        }
      : {}),
    ...(random.chance(0.25)
      ? {
          podAffinity: {
            ...(random.chance(0.6) ? { [required]: [term(random.pick([app, app, ...APPS]))] } : {}),
            ...(random.chance(0.6)
              ? { [preferred]: [{ weight: weight(), podAffinityTerm: term(random.pick(APPS)) }] }
              : {}),
          },
        }
      : {}),
    ...(random.chance(0.3)
      ? {
          podAntiAffinity: {
            ...(random.chance(0.5) ? { [required]: [term(random.pick([app, ...APPS]))] } : {}),
            ...(random.chance(0.6)
              ? { [preferred]: [{ weight: weight(), podAffinityTerm: term(random.pick(APPS)) }] }
              : {}),
          },
        }
      : {}),
  };
}

function randomSpreads(random, app) {
  return Array.from({ length: 1 + random.below(2) }, (_, i) => {
    const whenUnsatisfiable = random.pick(['DoNotSchedule', 'ScheduleAnyway']);
    return {
      maxSkew: 1 + random.below(2),
      topologyKey: i === 0 ? HOSTNAME : ZONE,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app } },
      ...(whenUnsatisfiable === 'DoNotSchedule' && random.chance(0.2) ? { minDomains: 3 } : {}),
      ...(random.chance(0.2) ? { nodeTaintsPolicy: 'Honor' } : {}),
      ...(random.chance(0.2) ? { nodeAffinityPolicy: 'Ignore' } : {}),
    };
  });
}
