import { isObject, listOf, objectOf, textOf } from '../../read';
import { procMount } from './baseline';
import type { PodSecurityCheck, PodSubject, Violation } from './check';
import type { Context } from './contexts';
import { allContexts, containerContexts, given, hasOwnUsers, isWindows, podContext } from './contexts';

/**
 * The level "restricted": what is good practice as well.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const RESTRICTED: readonly PodSecurityCheck[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', check: escalation },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    overrides: ['capabilities_baseline'],
    check: capabilities,
  },
  { id: 'procMount_restricted', level: 'restricted', since: 35, overrides: ['procMount'], check: procMount },
  { id: 'restrictedVolumes', level: 'restricted', overrides: ['hostPathVolumes'], check: volumes },
  { id: 'runAsNonRoot', level: 'restricted', check: (pod) => (hasOwnUsers(pod) ? [] : runAsNonRoot(pod)) },
  { id: 'runAsUser', level: 'restricted', check: (pod) => (hasOwnUsers(pod) ? [] : runAsUser(pod)) },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    overrides: ['seccompProfile_baseline'],
    check: seccomp,
  },
];

const PROFILES = ['RuntimeDefault', 'Localhost'];
const VOLUMES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected'],
  'secret',
];

function escalation(pod: PodSubject): Violation[] {
  if (isWindows(pod)) return [];
  return containerContexts(pod).flatMap((context): Violation[] => {
    if (given(context, 'allowPrivilegeEscalation') === false) return [];
    const keys = [...context.keys, 'allowPrivilegeEscalation'];
    return [{ keys, message: 'a process may gain more rights than its parent', allowed: 'false' }];
  });
}

function capabilities(pod: PodSubject): Violation[] {
  if (isWindows(pod)) return [];
  return containerContexts(pod).flatMap((context) => {
    const keys = [...context.keys, 'capabilities'];
    const found: Violation[] = [];
    if (!listOf(given(context, 'capabilities', 'drop')).includes('ALL')) {
      found.push({ keys: [...keys, 'drop'], message: 'the container keeps capabilities', allowed: '["ALL"]' });
    }
    listOf(given(context, 'capabilities', 'add')).forEach((one, index) => {
      if (one === 'NET_BIND_SERVICE') return;
      found.push({
        keys: [...keys, 'add', index],
        message: 'the container gains a capability',
        allowed: 'NET_BIND_SERVICE',
      });
    });
    return found;
  });
}

/** A volume of no type is an emptyDir. */
function volumes({ spec }: PodSubject): Violation[] {
  return listOf(spec['volumes']).flatMap((volume, index): Violation[] => {
    const types = Object.entries(objectOf(volume)).flatMap(([key, value]) =>
      key !== 'name' && isObject(value) ? [key] : [],
    );
    if (types.length === 0 || types.some((type) => VOLUMES.includes(type))) return [];
    return [{ keys: ['volumes', index], message: `a volume of type ${types.join(', ')}`, allowed: VOLUMES.join(', ') }];
  });
}

function runAsNonRoot(pod: PodSubject): Violation[] {
  return inherited(pod, ['runAsNonRoot'], (value) => value === true, 'the container may run as root', 'true');
}

function runAsUser(pod: PodSubject): Violation[] {
  return allContexts(pod).flatMap((context): Violation[] => {
    if (given(context, 'runAsUser') !== 0) return [];
    return [{ keys: [...context.keys, 'runAsUser'], message: 'the container runs as root', allowed: '1 or more' }];
  });
}

function seccomp(pod: PodSubject): Violation[] {
  if (isWindows(pod)) return [];
  const isGood = (value: unknown): boolean =>
    isObject(value as never) && PROFILES.includes(textOf((value as { type?: never }).type) ?? '');
  return inherited(pod, ['seccompProfile'], isGood, 'no seccomp profile limits the container', PROFILES.join(', '));
}

/** What a container says, or the pod for those that say nothing; each that says something has to say it right. */
function inherited(
  pod: PodSubject,
  field: readonly [string],
  isGood: (value: unknown) => boolean,
  message: string,
  allowed: string,
): Violation[] {
  const own = podContext(pod);
  const ofPod = own === undefined ? undefined : given(own, ...field);
  const violation = (context: Context): Violation => ({ keys: [...context.keys, ...field], message, allowed });
  const found = containerContexts(pod).flatMap((context): Violation[] => {
    const value = given(context, ...field);
    return (value === undefined ? isGood(ofPod) : isGood(value)) ? [] : [violation(context)];
  });
  if (own !== undefined && ofPod !== undefined && !isGood(ofPod)) return [violation(own), ...found];
  return found;
}
