// Random pods that the server could take, and that keep or break the Pod Security Standards.

const SYSCTLS = [
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_rmem'],
  ...['net.ipv4.tcp_notsent_lowat', 'kernel.msgmax', 'net.core.somaxconn'],
];
const CAPABILITIES = ['NET_BIND_SERVICE', 'CHOWN', 'SYS_TIME', 'NET_RAW', 'ALL'];
const VOLUMES = [
  { emptyDir: {} },
  { configMap: { name: 'c' } },
  { secret: { secretName: 's' } },
  { persistentVolumeClaim: { claimName: 'p' } },
  { projected: { sources: [] } },
  { csi: { driver: 'example.org' } },
  { hostPath: { path: '/x' } },
  { nfs: { server: 's', path: '/p' } },
  {},
];

/** @param {ReturnType<typeof import('../random.mjs').randomSource>} random */
export function randomPod(random) {
  const maybe = (share, value) => (random.chance(share) ? value() : undefined);
  const windows = random.chance(0.1);
  const hostProcess = windows && random.chance(0.2);
  const ownUsers = !windows && random.chance(0.25);
  const list = (share, make) => (random.chance(share) ? Array.from({ length: 1 + random.below(2) }, make) : undefined);
  const profile = () =>
    random.pick([
      { type: 'RuntimeDefault' },
      { type: 'RuntimeDefault' },
      { type: 'Localhost', localhostProfile: 'a' },
      { type: 'Unconfined' },
    ]);
  const options = () =>
    random.pick([
      { type: 'container_t' },
      { type: 'container_engine_t' },
      { type: 'spc_t' },
      { level: 's0' },
      { user: 'u' },
      { role: 'r' },
    ]);
  const podContext = () => ({
    runAsNonRoot: maybe(0.75, () => random.chance(0.9)),
    runAsUser: maybe(0.3, () => random.pick([0, 1000])),
    seccompProfile: windows ? undefined : maybe(0.75, profile),
    appArmorProfile: windows ? undefined : maybe(0.1, profile),
    seLinuxOptions: windows ? undefined : maybe(0.1, options),
    sysctls: windows ? undefined : maybe(0.15, () => [{ name: random.pick(SYSCTLS), value: '1' }]),
    windowsOptions: hostProcess ? { hostProcess: true } : undefined,
  });
  const context = () => ({
    allowPrivilegeEscalation: maybe(0.8, () => random.chance(0.12)),
    privileged: maybe(0.1, () => random.chance(0.5)),
    capabilities: maybe(0.85, () => ({
      drop: maybe(0.9, () => random.pick([['ALL'], ['ALL'], ['ALL'], ['NET_RAW'], ['all']])),
      add: maybe(0.12, () => [random.pick(CAPABILITIES)]),
    })),
    runAsNonRoot: maybe(0.2, () => random.chance(0.8)),
    runAsUser: maybe(0.1, () => random.pick([0, 1000])),
    seccompProfile: maybe(0.15, profile),
    appArmorProfile: maybe(0.05, profile),
    seLinuxOptions: maybe(0.05, options),
    procMount: maybe(0.15, () => (ownUsers ? random.pick(['Default', 'Unmasked']) : 'Default')),
  });
  const handler = () =>
    random.pick([
      { tcpSocket: { port: 80 } },
      { tcpSocket: { port: 80, host: 'x' } },
      { httpGet: { port: 80, host: random.pick(['', 'y']) } },
    ]);
  const container = (prefix) => (_, index) => ({
    name: `${prefix}${index}`,
    image: 'x:1',
    securityContext: windows ? undefined : maybe(0.92, context),
    ports: maybe(0.1, () => [{ containerPort: 80, ...random.pick([{}, { hostPort: 80 }]) }]),
    ...(prefix === 'main'
      ? { livenessProbe: maybe(0.15, handler), lifecycle: maybe(0.08, () => ({ preStop: handler() })) }
      : {}),
  });
  const host = (share) => maybe(share, () => random.chance(0.5));
  return {
    annotations: random.chance(0.05)
      ? {
          'container.apparmor.security.beta.kubernetes.io/main0': random.pick([
            'runtime/default',
            'localhost/a',
            'unconfined',
          ]),
        }
      : {},
    spec: JSON.parse(
      JSON.stringify({
        os: windows ? { name: 'windows' } : undefined,
        hostUsers: windows ? undefined : ownUsers ? false : undefined,
        // What runs on its host has the network of its host.
        hostNetwork: hostProcess ? true : ownUsers ? undefined : host(0.05),
        hostPID: ownUsers || windows ? undefined : host(0.05),
        securityContext: hostProcess ? podContext() : maybe(0.9, podContext),
        initContainers: list(0.2, container('init')),
        containers: Array.from({ length: 1 + random.below(2) }, container('main')),
        volumes: list(0.3, (_, index) => ({ name: `v${index}`, ...random.pick(VOLUMES) })),
      }),
    ),
  };
}
