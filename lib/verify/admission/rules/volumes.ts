import type { Json, JsonObject } from '../../emitted';
import { parseQuantity } from '../../../model/kubernetes-quantity';
import { isObject, listOf, objectOf, textOf, textsOf, valueAt } from '../../read';
import { fieldsOf } from '../api';
import type { Check, Visit } from '../check';
import { isInside } from '../syntax';

/** A volume is of one type, and what is mounted is there. */
export const volumes: Check = {
  code: 'TARS6118',
  severity: 'error',
  refusedBy: 'server',
  title: 'a volume or mount that the server does not take',
  why: 'The server refuses a mount of a volume that the pod does not have, and a volume of two types.',
  remedy: 'declare the volume, or correct the name in the mount',
  on: {
    'core/v1.PodSpec': checkMounts,
    'core/v1.Volume': ({ value, say }) => {
      const types = Object.keys(fieldsOf('core/v1.Volume') ?? {}).filter(
        (type) => type !== 'name' && isObject(value[type]),
      );
      if (types.length > 1) say([types[1] ?? ''], `the volume is of type ${types[0] ?? ''} already`, 'one type');
    },
    'core/v1.SecretVolumeSource': ({ value, say }) => {
      if (!given(value['secretName'])) say(['secretName'], 'the volume names no Secret', 'a name');
    },
    'core/v1.ConfigMapVolumeSource': ({ value, say }) => {
      if (!given(value['name'])) say(['name'], 'the volume names no ConfigMap', 'a name');
    },
    'core/v1.ServiceAccountTokenProjection': ({ value, object, keys, say }) => {
      checkPath(value, say);
      const pod = keys.slice(0, keys.indexOf('volumes'));
      if (!valueAt(object, [...pod, 'serviceAccountName']))
        say([], 'the token is of nobody', 'a serviceAccountName of the pod');
    },
    'core/v1.EphemeralVolumeSource': ({ value, say }) => {
      if (!isObject(value['volumeClaimTemplate'])) say(['volumeClaimTemplate'], 'there is no claim to make', 'a claim');
    },
    'core/v1.VolumeProjection': ({ value, say }) => {
      const types = Object.keys(value).filter((type) => isObject(value[type]));
      if (types.length > 1) say([types[1] ?? ''], `the source is of type ${types[0] ?? ''} already`, 'one type');
    },
    'core/v1.ConfigMapProjection': ({ value, say }) => {
      if (!given(value['name'])) say(['name'], 'the source names no ConfigMap', 'a name');
    },
    'core/v1.SecretProjection': ({ value, say }) => {
      if (!given(value['name'])) say(['name'], 'the source names no Secret', 'a name');
    },
    'core/v1.NFSVolumeSource': ({ value, say }) => {
      const path = textOf(value['path']);
      if (path !== undefined && path !== '' && !path.startsWith('/'))
        say(['path'], 'the path is not absolute', 'a path that starts with "/"');
    },
    'core/v1.EmptyDirVolumeSource': ({ value, say }) => {
      const size = parseQuantity(value['sizeLimit']);
      if (size !== undefined && size < 0n) say(['sizeLimit'], 'the size is negative', '0 or more');
    },
    'core/v1.KeyToPath': ({ value, say }) => {
      checkPath(value, say);
    },
    'core/v1.DownwardAPIVolumeFile': ({ value, say }) => {
      checkPath(value, say);
      const sources = ['fieldRef', 'resourceFieldRef'].filter((one) => isObject(value[one]));
      if (sources.length !== 1) say([], 'the file has not exactly one source', 'fieldRef or resourceFieldRef');
    },
    'core/v1.HostPathVolumeSource': ({ value, say }) => {
      if ((textOf(value['path']) ?? '').split('/').includes('..'))
        say(['path'], 'the path goes up', 'a path without ".."');
    },
  },
};

/** Claim templates of a StatefulSet are volumes of its pods. */
function checkMounts({ value, keys, object, say }: Visit): void {
  const claims =
    keys.length === 3 && object['kind'] === 'StatefulSet'
      ? listOf(objectOf(object['spec'])['volumeClaimTemplates'])
      : [];
  const names = [
    ...listOf(value['volumes']).map((volume) => textOf(objectOf(volume)['name'])),
    ...claims.map((claim) => textsOf(objectOf(claim)['metadata'])['name']),
  ].filter((name): name is string => name !== undefined);
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    listOf(value[list]).forEach((container, index) => {
      for (const mounts of ['volumeMounts', 'volumeDevices']) {
        listOf(objectOf(container)[mounts]).forEach((mount, n) => {
          const name = textOf(objectOf(mount)['name']);
          if (name !== undefined && name !== '' && !names.includes(name)) {
            say([list, index, mounts, n, 'name'], 'the pod has no volume of this name', names.join(', ') || 'none');
          }
        });
      }
    });
  }
}

function checkPath(value: JsonObject, say: Visit['say']): void {
  const path = textOf(value['path']);
  if (path !== undefined && path !== '' && !isInside(path))
    say(['path'], 'the path leaves the volume', 'a relative path without ".."');
}

function given(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
