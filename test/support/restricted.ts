import type { ContainerJson, PodJson } from './manifests';

/** Volumes that "restricted" allows. */
const VOLUME_TYPES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral'],
  ...['persistentVolumeClaim', 'projected', 'secret'],
];

/**
 * What a pod does that the Pod Security Standard "restricted" forbids ("baseline" is part of it).
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function restrictedViolations(pod: PodJson): string[] {
  const found: string[] = [];
  const say = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const whole = pod.securityContext ?? {};
  say(pod.hostNetwork !== true && pod.hostPID !== true && pod.hostIPC !== true, 'shares a namespace of the host');
  say(whole['runAsUser'] !== 0, 'runs as root');
  say(isSeccomp(whole['seccompProfile'], true), 'has another seccomp profile');
  say(whole['sysctls'] === undefined, 'sets sysctls');
  for (const volume of pod.volumes ?? []) {
    const types = Object.keys(volume).filter((key) => key !== 'name');
    say(types.length === 1 && VOLUME_TYPES.includes(types[0] ?? ''), `has a volume of type ${types.join(', ')}`);
  }
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    for (const what of containerViolations(container, whole)) found.push(`${container.name} ${what}`);
  }
  return found;
}

function containerViolations(container: ContainerJson, pod: Readonly<Record<string, unknown>>): string[] {
  const own = container.securityContext ?? {};
  const rules: readonly (readonly [holds: boolean, what: string])[] = [
    [own['privileged'] !== true, 'is privileged'],
    [own['allowPrivilegeEscalation'] === false, 'may escalate'],
    [own.capabilities?.drop?.includes('ALL') === true, 'keeps capabilities'],
    [(own.capabilities?.add ?? []).every((one) => one === 'NET_BIND_SERVICE'), 'adds capabilities'],
    [(own['runAsNonRoot'] ?? pod['runAsNonRoot']) === true, 'may run as root'],
    [own['runAsUser'] !== 0, 'runs as root'],
    [isSeccomp(own['seccompProfile'] ?? pod['seccompProfile'], false), 'has no seccomp profile'],
    [(own['procMount'] ?? 'Default') === 'Default', 'unmasks /proc'],
    [(container.ports ?? []).every((p) => !('hostPort' in p)), 'takes a port of the host'],
  ];
  return rules.flatMap(([holds, what]) => (holds ? [] : [what]));
}

function isSeccomp(profile: unknown, mayBeAbsent: boolean): boolean {
  if (profile === undefined) return mayBeAbsent;
  return ['RuntimeDefault', 'Localhost'].includes((profile as { type: string }).type);
}
