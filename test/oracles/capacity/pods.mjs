// Random pods, claims and Services, with everything that quotas and LimitRanges look at.

const CPU = ['50m', '100m', '0.25', '500m', '1', '2', '1500m'];
const MEMORY = ['64Mi', '128M', '256Mi', '512Mi', '1Gi', '2G', '1.5Gi', '3e8'];
const STORAGE = ['64Mi', '1Gi', '2Gi'];

/** @param {ReturnType<typeof import('../random.mjs').randomSource>} random */
export function randomPod(random, name, namespace) {
  const containers = Array.from({ length: 1 + random.below(3) }, (_, i) => container(random, `c${i}`));
  const initContainers = Array.from({ length: random.chance(0.4) ? 1 + random.below(3) : 0 }, (_, i) => ({
    ...container(random, `i${i}`),
    ...(random.chance(0.5) ? { restartPolicy: 'Always' } : {}),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      automountServiceAccountToken: false,
      containers,
      ...(initContainers.length > 0 ? { initContainers } : {}),
      ...(random.chance(0.15) ? { resources: podResources(random) } : {}),
      ...(random.chance(0.15) ? { runtimeClassName: 'heavy', overhead: { cpu: '250m', memory: '120Mi' } } : {}),
      ...(random.chance(0.2) ? { activeDeadlineSeconds: 60 } : {}),
      ...(random.chance(0.2) ? { priorityClassName: random.pick(['high', 'low']) } : {}),
      ...(random.chance(0.15) ? { affinity: affinity(random) } : {}),
    },
  };
}

function container(random, name) {
  const requests = {};
  const limits = {};
  if (random.chance(0.85)) {
    for (const [resource, sizes, share] of [
      ['cpu', CPU, 0.7],
      ['memory', MEMORY, 0.7],
      ['ephemeral-storage', STORAGE, 0.3],
    ]) {
      const [a, b] = [random.below(sizes.length), random.below(sizes.length)].sort(
        (x, y) => size(sizes[x]) - size(sizes[y]),
      );
      if (random.chance(share)) requests[resource] = sizes[a];
      if (random.chance(share)) limits[resource] = sizes[b];
    }
    if (random.chance(0.1)) limits['nvidia.com/gpu'] = '1';
    if (random.chance(0.05) && requests.memory !== undefined) limits['hugepages-2Mi'] = '4Mi';
  }
  return { name, image: 'registry.example/none:1', resources: { requests, limits } };
}

/** Close enough to sort by. */
function size(text) {
  const [, number, unit] = /^([\d.]+(?:e\d+)?)(.*)$/.exec(text);
  return Number(number) * { m: 0.001, '': 1, M: 1e6, G: 1e9, Mi: 2 ** 20, Gi: 2 ** 30 }[unit];
}

function podResources(random) {
  return random.pick([
    { requests: { cpu: '8', memory: '16Gi' } },
    { limits: { cpu: '16', memory: '32Gi' } },
    { requests: { cpu: '8' }, limits: { cpu: '16', memory: '32Gi' } },
  ]);
}

function affinity(random) {
  const term = {
    topologyKey: 'x',
    labelSelector: {},
    ...random.pick([{}, { namespaces: ['other'] }, { namespaceSelector: {} }]),
  };
  return random.pick([
    { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } },
  ]);
}

/** A LimitRange that the API server takes, with up to three items. */
export function randomLimitRange(random, namespace) {
  const bounds = (low, high, resources) =>
    Object.fromEntries(
      resources.filter(() => random.chance(0.5)).map((r) => [r, random.chance(0.5) ? low[r] : high[r]]),
    );
  const min = () => bounds({ cpu: '60m', memory: '100Mi' }, { cpu: '100m', memory: '128M' }, ['cpu', 'memory']);
  const max = () => bounds({ cpu: '1', memory: '1Gi' }, { cpu: '2', memory: '2Gi' }, ['cpu', 'memory']);
  const usual = () => bounds({ cpu: '200m', memory: '200Mi' }, { cpu: '800m', memory: '700Mi' }, ['cpu', 'memory']);
  const limit = random.chance(0.6) ? { default: { cpu: '800m', memory: '700Mi' }, defaultRequest: usual() } : {};
  const items = [
    {
      type: 'Container',
      min: min(),
      max: max(),
      ...limit,
      ...(random.chance(0.3) ? { maxLimitRequestRatio: { cpu: '3' } } : {}),
    },
    {
      type: 'Pod',
      min: min(),
      max: random.chance(0.5) ? { cpu: '3', memory: '4Gi' } : {},
      ...(random.chance(0.3) ? { maxLimitRequestRatio: { memory: '2' } } : {}),
    },
    { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '8Gi' } },
  ];
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits', namespace },
    spec: {
      limits: items
        .filter(() => random.chance(0.7))
        .concat(items.slice(2))
        .filter((item, i, all) => all.findIndex((o) => o.type === item.type) === i),
    },
  };
}

export function randomClaim(random, name, namespace) {
  const storageClassName = random.pick([undefined, '', 'fast', 'slow']);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName === undefined ? {} : { storageClassName }),
      resources: { requests: { storage: random.pick(['500Mi', '1Gi', '10G', '8Gi', '1500m', '9Gi']) } },
    },
  };
}

export function randomService(random, name, namespace) {
  const type = random.pick(['ClusterIP', 'NodePort', 'LoadBalancer']);
  const ports = Array.from({ length: 1 + random.below(3) }, (_, i) => ({
    name: `p${i}`,
    port: 80 + i,
    ...(type !== 'ClusterIP' && random.chance(0.2) ? { nodePort: 30000 + random.below(2000) } : {}),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type,
      ports,
      ...(type === 'LoadBalancer' && random.chance(0.5) ? { allocateLoadBalancerNodePorts: false } : {}),
    },
  };
}
