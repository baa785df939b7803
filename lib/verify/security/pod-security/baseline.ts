import { isObject, listOf, objectOf, textOf, valueAt } from '../../read';
import type { PodSecurityCheck, PodSubject, Violation } from './check';
import { allContexts, containerContexts, given, hasOwnUsers } from './contexts';

/**
 * The level "baseline": nothing that is a known way out of the container.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const BASELINE: readonly PodSecurityCheck[] = [
  { id: 'appArmorProfile', level: 'baseline', check: appArmor },
  { id: 'capabilities_baseline', level: 'baseline', check: capabilities },
  { id: 'hostNamespaces', level: 'baseline', check: hostNamespaces },
  { id: 'hostPathVolumes', level: 'baseline', check: hostPaths },
  { id: 'hostPorts', level: 'baseline', check: hostPorts },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', since: 34, check: probeHosts },
  { id: 'privileged', level: 'baseline', check: privileged },
  { id: 'procMount', level: 'baseline', check: (pod) => (hasOwnUsers(pod) ? [] : procMount(pod)) },
  { id: 'seLinuxOptions', level: 'baseline', check: seLinux },
  { id: 'seccompProfile_baseline', level: 'baseline', check: seccomp },
  { id: 'sysctls', level: 'baseline', check: sysctls },
  { id: 'windowsHostProcess', level: 'baseline', check: hostProcess },
];

const PROFILES = ['RuntimeDefault', 'Localhost'];
const CAPABILITIES = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];
const SYSCTLS: readonly (readonly [since: number, name: string])[] = [
  [0, 'kernel.shm_rmid_forced'],
  [0, 'net.ipv4.ip_local_port_range'],
  [0, 'net.ipv4.tcp_syncookies'],
  [0, 'net.ipv4.ping_group_range'],
  [0, 'net.ipv4.ip_unprivileged_port_start'],
  [27, 'net.ipv4.ip_local_reserved_ports'],
  [29, 'net.ipv4.tcp_keepalive_time'],
  [29, 'net.ipv4.tcp_fin_timeout'],
  [29, 'net.ipv4.tcp_keepalive_intvl'],
  [29, 'net.ipv4.tcp_keepalive_probes'],
  [32, 'net.ipv4.tcp_rmem'],
  [32, 'net.ipv4.tcp_wmem'],
  [37, 'net.ipv4.tcp_slow_start_after_idle'],
  [37, 'net.ipv4.tcp_notsent_lowat'],
];

function appArmor(pod: PodSubject): Violation[] {
  const contexts = allContexts(pod).flatMap((context): Violation[] => {
    if (!isObject(given(context, 'appArmorProfile'))) return [];
    if (PROFILES.includes(textOf(given(context, 'appArmorProfile', 'type')) ?? '')) return [];
    const keys = [...context.keys, 'appArmorProfile', 'type'];
    return [{ keys, message: 'this AppArmor profile is none', allowed: PROFILES.join(', ') }];
  });
  const annotations = Object.entries(pod.annotations).flatMap(([key, profile]): Violation[] => {
    if (!key.startsWith('container.apparmor.security.beta.kubernetes.io/')) return [];
    if (profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/')) return [];
    return [{ keys: [], message: `the annotation ${key} switches AppArmor off`, allowed: 'runtime/default' }];
  });
  return [...contexts, ...annotations];
}

function capabilities(pod: PodSubject): Violation[] {
  return containerContexts(pod).flatMap((context) =>
    listOf(given(context, 'capabilities', 'add')).flatMap((one, index): Violation[] => {
      if (CAPABILITIES.includes(textOf(one) ?? '')) return [];
      const keys = [...context.keys, 'capabilities', 'add', index];
      return [{ keys, message: 'the container may do more than containers do', allowed: CAPABILITIES.join(', ') }];
    }),
  );
}

function hostNamespaces({ spec }: PodSubject): Violation[] {
  return ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field): Violation[] =>
    spec[field] === true ? [{ keys: [field], message: 'the pod shares this with its host', allowed: 'false' }] : [],
  );
}

function hostPaths({ spec }: PodSubject): Violation[] {
  return listOf(spec['volumes']).flatMap((volume, index): Violation[] => {
    if (!isObject(objectOf(volume)['hostPath'])) return [];
    const keys = ['volumes', index, 'hostPath'];
    return [{ keys, message: 'the pod sees files of its host', allowed: 'any other type of volume' }];
  });
}

/** In the network of the host, the server takes each port of a container for one of the host. */
function hostPorts({ spec, containers }: PodSubject): Violation[] {
  return containers.flatMap(({ container, path, list }) =>
    listOf(container['ports']).flatMap((port, index): Violation[] => {
      const implied = spec['hostNetwork'] === true && list !== 'ephemeralContainers' && objectOf(port)['containerPort'];
      if (!objectOf(port)['hostPort'] && !implied) return [];
      const keys = [...path, 'ports', index, 'hostPort'];
      return [{ keys, message: 'the container takes a port of its host', allowed: 'none' }];
    }),
  );
}

function probeHosts({ containers }: PodSubject): Violation[] {
  const places = [
    ['livenessProbe'],
    ['readinessProbe'],
    ['startupProbe'],
    ['lifecycle', 'postStart'],
    ['lifecycle', 'preStop'],
  ];
  return containers.flatMap(({ container, path }) =>
    places.flatMap((place) =>
      ['httpGet', 'tcpSocket'].flatMap((handler): Violation[] => {
        const keys = [...place, handler, 'host'];
        const host = valueAt(container, keys);
        if (typeof host !== 'string' || host === '') return [];
        return [{ keys: [...path, ...keys], message: 'the kubelet would ask another host', allowed: 'no host' }];
      }),
    ),
  );
}

function privileged(pod: PodSubject): Violation[] {
  return containerContexts(pod).flatMap((context): Violation[] => {
    if (given(context, 'privileged') !== true) return [];
    return [{ keys: [...context.keys, 'privileged'], message: 'the container is root on its host', allowed: 'false' }];
  });
}

/** Also what "restricted" forbids, for every pod. */
export function procMount(pod: PodSubject): Violation[] {
  return containerContexts(pod).flatMap((context): Violation[] => {
    const mount = given(context, 'procMount');
    if (mount === undefined || mount === 'Default') return [];
    return [{ keys: [...context.keys, 'procMount'], message: '/proc is not masked', allowed: 'Default' }];
  });
}

function seLinux(pod: PodSubject): Violation[] {
  const types = [
    '',
    'container_t',
    'container_init_t',
    'container_kvm_t',
    ...(pod.minor >= 31 ? ['container_engine_t'] : []),
  ];
  return allContexts(pod).flatMap((context) => {
    const options = objectOf(given(context, 'seLinuxOptions'));
    const keys = [...context.keys, 'seLinuxOptions'];
    const found: Violation[] = [];
    if (!types.includes(textOf(options['type']) ?? '')) {
      found.push({
        keys: [...keys, 'type'],
        message: 'not an SELinux type of containers',
        allowed: types.slice(1).join(', '),
      });
    }
    for (const field of ['user', 'role']) {
      if (options[field])
        found.push({ keys: [...keys, field], message: 'SELinux has its own for containers', allowed: 'none' });
    }
    return found;
  });
}

function seccomp(pod: PodSubject): Violation[] {
  return allContexts(pod).flatMap((context): Violation[] => {
    if (!isObject(given(context, 'seccompProfile'))) return [];
    if (PROFILES.includes(textOf(given(context, 'seccompProfile', 'type')) ?? '')) return [];
    const keys = [...context.keys, 'seccompProfile', 'type'];
    return [{ keys, message: 'no seccomp profile limits the container', allowed: PROFILES.join(', ') }];
  });
}

function sysctls(pod: PodSubject): Violation[] {
  const safe = SYSCTLS.filter(([since]) => pod.minor >= since).map(([, name]) => name);
  return listOf(valueAt(pod.spec, ['securityContext', 'sysctls'])).flatMap((one, index): Violation[] => {
    if (safe.includes(textOf(objectOf(one)['name']) ?? '')) return [];
    const keys = ['securityContext', 'sysctls', index, 'name'];
    return [{ keys, message: 'the setting reaches beyond the pod', allowed: safe.join(', ') }];
  });
}

function hostProcess(pod: PodSubject): Violation[] {
  return allContexts(pod).flatMap((context): Violation[] => {
    if (given(context, 'windowsOptions', 'hostProcess') !== true) return [];
    const keys = [...context.keys, 'windowsOptions', 'hostProcess'];
    return [{ keys, message: 'the container runs on its host', allowed: 'false' }];
  });
}
