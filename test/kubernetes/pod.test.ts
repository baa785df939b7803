import { App, Chart } from 'cdk8s';
import { Service } from '../../lib/constructs/service';
import { TarsChart } from '../../lib/constructs/tars-chart';
import type { TarsChartProps } from '../../lib/constructs/tars-chart-props';
import { isPinnedImage } from '../../lib/model/images';
import type { ServiceProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import type { ContainerJson, Manifest, PodJson, Template } from '../support/manifests';
import { manifestsOf, namesOf, specOf, templateOf, templatesOf } from '../support/manifests';
import { restrictedViolations } from '../support/restricted';

const tars = (props: TarsChartProps): Manifest[] => manifestsOf(new TarsChart(new App(), 'tars', props));

function shop(props: ServiceProps): Manifest[] {
  const chart = new Chart(new App(), 'shop');
  new Service(chart, 'web', { image: 'web:1', ...props });
  return manifestsOf(chart);
}

const SYSTEMS: Readonly<Record<string, Manifest[]>> = {
  TARS: tars({}),
  'TARS with models': tars({ models: ['llama3.2:1b'] }),
  'TARS with a GPU': tars({ gpu: { runtimeClassName: 'nvidia' } }),
  'TARS without autoscaling': tars({ autoscaling: false }),
  'TARS on shared storage': tars({ storageAccessMode: 'ReadWriteMany' }),
  'TARS for Kubernetes 1.37': tars({ kubernetesVersion: '1.37' }),
  'TARS with a registry': tars({ images: { registry: 'registry.example.org/acme', pullSecret: 'pull', tag: 'v1' } }),
  'a nightly job': shop({ workload: 'cron-job', schedule: '0 1 * * *' }),
  'a service with a task': shop({ tasks: [{ name: 'fill', command: ['fill'] }] }),
};

const TEMPLATES = Object.entries(SYSTEMS).flatMap(([system, manifests]) =>
  templatesOf(manifests).map((template) => ({
    name: `${system}: ${template.owner.kind} ${template.labels['component'] ?? ''}`,
    manifests,
    template,
  })),
);

/** Bytes, or thousandths of a core: only to compare with the same unit. */
function amount(quantity: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = { '': 1, m: 0.001, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }[unit];
  return Number(digits) * (factor ?? Number.NaN);
}

/** A fact that holds for every pod: what does not hold, empty if all is well. */
const FACTS: readonly [what: string, find: (template: Template, manifests: readonly Manifest[]) => unknown[]][] = [
  ['keeps to Pod Security "restricted"', ({ pod }) => restrictedViolations(pod)],
  [
    'has a numeric user and group',
    ({ pod }) => ['runAsUser', 'runAsGroup', 'fsGroup'].filter((key) => typeof pod.securityContext?.[key] !== 'number'),
  ],
  [
    'has a read-only root',
    ({ pod }) => pod.containers.filter((c) => c.securityContext?.['readOnlyRootFilesystem'] !== true),
  ],
  [
    'mounts a /tmp that it may write to',
    ({ pod }) => (pod.containers.every((c) => c.volumeMounts?.some((m) => m.mountPath === '/tmp')) ? [] : ['no /tmp']),
  ],
  [
    'has requests and limits of CPU, memory and ephemeral storage, the requests not above the limits',
    ({ pod }) =>
      [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ resources }) =>
        ['cpu', 'memory', 'ephemeral-storage'].filter(
          (key) => !(amount(resources?.requests?.[key] ?? '') <= amount(resources?.limits?.[key] ?? '')),
        ),
      ),
  ],
  ['has an image with an exact tag', ({ pod }) => pod.containers.filter((c) => !isPinnedImage(c.image ?? ''))],
  [
    'gets no token and no service links',
    ({ pod }) => [pod.automountServiceAccountToken, pod.enableServiceLinks].filter((x) => x !== false),
  ],
  [
    'has a ServiceAccount that exists',
    ({ pod }, all) => [pod.serviceAccountName ?? ''].filter((name) => !namesOf(all, 'ServiceAccount').includes(name)),
  ],
  [
    'has other questions for readiness than for liveness',
    ({ pod }) =>
      pod.containers.filter(
        (c) => c.livenessProbe !== undefined && question(c.livenessProbe) === question(c.readinessProbe),
      ),
  ],
  [
    'declares the ports that are probed',
    ({ pod }) => pod.containers.flatMap((c) => probedPorts(c).filter((port) => !c.ports?.some((p) => p.name === port))),
  ],
  ['mounts volumes that it has', ({ pod, owner }) => missingVolumes(pod, owner)],
  [
    'is labelled app and component, and with the recommended set',
    ({ labels }) => LABELS.filter((key) => labels[key] === undefined),
  ],
];

const LABELS = [
  'app',
  'component',
  ...['name', 'instance', 'component', 'part-of', 'managed-by'].map((l) => `app.kubernetes.io/${l}`),
];

/** What a probe asks, without its times. */
function question(probe: object | undefined): string {
  const { httpGet, tcpSocket, exec } = (probe ?? {}) as Record<string, unknown>;
  return JSON.stringify([httpGet, tcpSocket, exec]);
}

function probedPorts({ startupProbe, livenessProbe, readinessProbe }: ContainerJson): string[] {
  return [startupProbe, livenessProbe, readinessProbe].flatMap((probe) => {
    const { httpGet, tcpSocket } = (probe ?? {}) as Record<string, { port: string } | undefined>;
    return [httpGet?.port, tcpSocket?.port].filter((port) => port !== undefined);
  });
}

function missingVolumes(pod: PodJson, owner: Manifest): string[] {
  const claims = (owner.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] }).volumeClaimTemplates ?? [];
  const known = [...(pod.volumes ?? []).map((v) => String(v['name'])), ...claims.map((c) => c.metadata.name)];
  return pod.containers.flatMap((c) => c.volumeMounts ?? []).flatMap((m) => (known.includes(m.name) ? [] : [m.name]));
}

describe('every pod', () => {
  it('is looked at', () => {
    expect(TEMPLATES.length).toBeGreaterThan(60);
  });

  it.each(FACTS)('%s', (_, find) => {
    const failures = TEMPLATES.flatMap(({ name, template, manifests }) =>
      find(template, manifests).map((f) => [name, f]),
    );
    expect(failures).toEqual([]);
  });

  it.each<[what: string, spoil: (pod: PodJson, container: ContainerJson) => PodJson]>([
    ['root', (pod) => ({ ...pod, securityContext: { ...pod.securityContext, runAsUser: 0 } })],
    [
      'no runAsNonRoot',
      (pod, c) => ({
        ...pod,
        securityContext: { ...pod.securityContext, runAsNonRoot: false },
        containers: [{ ...c, securityContext: { ...c.securityContext, runAsNonRoot: false } }],
      }),
    ],
    [
      'no seccomp profile',
      (pod) => ({ ...pod, securityContext: { ...pod.securityContext, seccompProfile: undefined } }),
    ],
    [
      'an unconfined seccomp profile',
      (pod) => ({ ...pod, securityContext: { ...pod.securityContext, seccompProfile: { type: 'Unconfined' } } }),
    ],
    ['the network of the host', (pod) => ({ ...pod, hostNetwork: true })],
    ['a path of the host', (pod) => ({ ...pod, volumes: [{ name: 'x', hostPath: { path: '/' } }] })],
    [
      'a privileged container',
      (pod, c) => ({ ...pod, containers: [{ ...c, securityContext: { ...c.securityContext, privileged: true } }] }),
    ],
    [
      'escalation',
      (pod, c) => ({
        ...pod,
        containers: [{ ...c, securityContext: { ...c.securityContext, allowPrivilegeEscalation: true } }],
      }),
    ],
    [
      'a capability',
      (pod, c) => ({
        ...pod,
        containers: [
          { ...c, securityContext: { ...c.securityContext, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
        ],
      }),
    ],
    [
      'capabilities kept',
      (pod, c) => ({ ...pod, containers: [{ ...c, securityContext: { ...c.securityContext, capabilities: {} } }] }),
    ],
    ['a privileged init container', (pod, c) => ({ ...pod, initContainers: [{ ...c, securityContext: {} }] })],
  ])('would be refused with %s', (_, spoil) => {
    const { pod } = templateOf(SYSTEMS['TARS'] ?? [], 'Deployment', 'tars-backend');
    const [container] = pod.containers;
    expect(container === undefined ? [] : restrictedViolations(spoil(pod, container))).not.toEqual([]);
  });
});

describe('a pod', () => {
  const podOf = (props: ServiceProps): PodJson => templateOf(shop(props), 'Deployment', 'shop-web').pod;
  const containerOf = (props: ServiceProps): ContainerJson | undefined => podOf(props).containers[0];
  const PORTS: ServiceProps['ports'] = [{ name: 'http', port: 80 }];

  it.each<[what: string, props: ServiceProps, path: keyof PodJson, value: unknown]>([
    ['grace 30 without ports', {}, 'terminationGracePeriodSeconds', 30],
    ['grace = preStop + drain (D26)', { ports: PORTS }, 'terminationGracePeriodSeconds', 35],
    ['grace with a longer pause', { ports: PORTS, preStopSeconds: 20 }, 'terminationGracePeriodSeconds', 50],
    ['grace as said', { ports: PORTS, graceSeconds: 90 }, 'terminationGracePeriodSeconds', 90],
    ['no affinity for one replica', { replicas: 1 }, 'affinity', undefined],
    ['no spread for one replica', { replicas: 1 }, 'topologySpreadConstraints', undefined],
    ['no volumes but /tmp', {}, 'volumes', [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }]],
    ['no volumes with a writable root', { runAs: { readOnlyRoot: false } }, 'volumes', undefined],
  ])('has %s', (_, props, key, value) => {
    expect(podOf(props)[key]).toEqual(value);
  });

  it.each<[version: string, preStop: unknown]>([
    ['1.25', { exec: { command: ['/bin/sh', '-c', 'sleep 5'] } }],
    ['1.29', { exec: { command: ['/bin/sh', '-c', 'sleep 5'] } }],
    ['1.30', { sleep: { seconds: 5 } }],
    ['1.37', { sleep: { seconds: 5 } }],
  ])('pauses before the signal as Kubernetes %s can: %j', (kubernetesVersion, preStop) => {
    const { pod } = templateOf(tars({ kubernetesVersion }), 'Deployment', 'tars-backend');
    expect(pod.containers[0]).toMatchObject({ lifecycle: { preStop } });
  });

  it.each<[what: string, props: ServiceProps, expected: object]>([
    ['an entry point is its command', { entrypoint: ['/run'], command: ['it'] }, { command: ['/run'], args: ['it'] }],
    ['a dollar is doubled for the kubelet', { command: ['$(A)$'] }, { args: ['$$(A)$$'] }],
    [
      'secrets stand before texts',
      { env: { A: EnvValue.fromValue('x'), B: EnvValue.fromSecret('B') } },
      { env: [{ name: 'B' }, { name: 'A' }] },
    ],
    [
      'another Secret',
      { env: { B: EnvValue.fromSecret('k', { secretName: 'theirs' }) } },
      { env: [{ valueFrom: { secretKeyRef: { name: 'theirs', key: 'k' } } }] },
    ],
    [
      'a secret that may be missing',
      { env: { B: EnvValue.fromSecret('k', { mayBeEmpty: true }) } },
      { env: [{ valueFrom: { secretKeyRef: { optional: true } } }] },
    ],
    ['a pull policy', { pullPolicy: 'Always' }, { imagePullPolicy: 'Always' }],
    [
      'a GPU, requests equal to limits',
      { gpu: { count: 2 } },
      { resources: { requests: { 'nvidia.com/gpu': '2' }, limits: { 'nvidia.com/gpu': '2' } } },
    ],
    [
      'a probe by HTTP',
      { ports: PORTS, health: { readiness: { httpPath: '/r', initialDelaySeconds: 3 } } },
      {
        readinessProbe: {
          httpGet: { path: '/r', port: 'http', scheme: 'HTTP' },
          initialDelaySeconds: 3,
          periodSeconds: 10,
          timeoutSeconds: 5,
          successThreshold: 1,
          failureThreshold: 3,
        },
      },
    ],
    [
      'a probe by TCP',
      { ports: PORTS, health: { liveness: { tcp: true, periodSeconds: 7 } } },
      { livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 7 } },
    ],
    [
      'a probe by command',
      { health: { startup: { command: ['ok', '$X'] } } },
      { startupProbe: { exec: { command: ['ok', '$$X'] } } },
    ],
  ])('says: %s', (_, props, expected) => {
    expect(containerOf(props)).toMatchObject(expected);
  });

  it('tolerates the taints of GPU nodes', () => {
    expect(podOf({ gpu: { runtimeClassName: 'nvidia', tolerationKeys: ['a', 'b'] } })).toMatchObject({
      runtimeClassName: 'nvidia',
      tolerations: [
        { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
        { key: 'b', operator: 'Exists', effect: 'NoSchedule' },
      ],
    });
  });

  it("pulls what the project builds with the registry's credentials, and nothing else", () => {
    const withSecret = templatesOf(SYSTEMS['TARS with a registry'] ?? [])
      .filter(({ pod }) => 'imagePullSecrets' in pod)
      .map(({ labels, pod }) => [labels['component'], pod.containers[0]?.image]);
    expect(withSecret.sort()).toEqual([
      ['backend', 'registry.example.org/acme/tars-backend:v1'],
      ['backend-migrate', 'registry.example.org/acme/tars-backend:v1'],
      ['frontend', 'registry.example.org/acme/tars-frontend:v1'],
    ]);
  });

  it('mounts configuration files, each at its path', () => {
    const files = ['/etc/app/a.conf', '/etc/app/b.conf', '/etc/other.d/c'].map((path) => ({
      path,
      content: EnvValue.fromValue(`of ${path}`),
    }));
    const manifests = shop({ files });
    const { pod } = templateOf(manifests, 'Deployment', 'shop-web');
    expect(pod.containers[0]?.volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'files-0', mountPath: '/etc/app', readOnly: true },
      { name: 'files-1', mountPath: '/etc/other.d', readOnly: true },
    ]);
    expect(manifests.find((m) => m.metadata.name === 'shop-web-files')?.data).toEqual({
      'etc_app_a.conf': 'of /etc/app/a.conf',
      'etc_app_b.conf': 'of /etc/app/b.conf',
      'etc_other.d_c': 'of /etc/other.d/c',
    });
  });

  it("is a CronJob's with a deadline", () => {
    const spec = specOf(SYSTEMS['a nightly job'] ?? [], 'CronJob', 'shop-web');
    expect(spec).toMatchObject({ schedule: '0 1 * * *', startingDeadlineSeconds: 300, concurrencyPolicy: 'Forbid' });
    expect(templateOf(SYSTEMS['a nightly job'] ?? [], 'CronJob', 'shop-web').pod.restartPolicy).toBe('OnFailure');
  });
});
