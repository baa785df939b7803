import { show } from '../../../model/issues';
import type { Json, JsonObject } from '../../emitted';
import type { Keys } from '../../read';
import { isObject, listOf, objectOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { isInside, isPortName, isPortNumber, PORT_NAME, PORT_NUMBER } from '../syntax';

/** Containers, ports, volumes and mounts are told apart by their names. */
export const uniqueNames: Check = {
  code: 'TARS6114',
  severity: 'error',
  refusedBy: 'server',
  title: 'two of one name in a pod',
  why: 'The server refuses two containers, ports, volumes or mount paths of one name.',
  remedy: 'remove one of the two, or give it a name of its own',
  on: {
    'core/v1.PodSpec': ({ value, say }) => {
      const containers = ['initContainers', 'containers'].flatMap((list) => named(value, [list], 'name'));
      duplicates(containers, 'a container', say);
      duplicates(named(value, ['volumes'], 'name'), 'a volume', say);
    },
    'core/v1.Container': ({ value, say }) => {
      duplicates(named(value, ['ports'], 'name'), 'a port', say);
      duplicates(named(value, ['volumeMounts'], 'mountPath'), 'a mount path', say);
      duplicates(named(value, ['volumeDevices'], 'devicePath'), 'a device path', say);
    },
    'core/v1.ServiceSpec': ({ value, say }) => {
      duplicates(named(value, ['ports'], 'name'), 'a port', say);
      const numbers = listOf(value['ports']).flatMap((port, index): Named[] => {
        const { port: number, protocol = 'TCP' } = objectOf(port);
        return [{ keys: ['ports', index, 'port'], name: `${show(number)} ${show(protocol)}` }];
      });
      duplicates(numbers, 'a port number', say);
    },
  },
};

/** Of two variables of one name, the server takes both and the process gets one. */
export const uniqueVariables: Check = {
  code: 'TARS6135',
  severity: 'warning',
  refusedBy: 'pods',
  title: 'a variable that is said twice',
  why: 'The server takes both, and the process gets the later one. The next apply may mix them up, since it merges the list by name.',
  remedy: 'remove one of the two',
  on: {
    'core/v1.Container': ({ value, say }) => {
      duplicates(named(value, ['env'], 'name'), 'a variable', say);
    },
  },
};

interface Named {
  readonly keys: Keys;
  readonly name: string;
}

function named(value: JsonObject, list: Keys, field: string): Named[] {
  return listOf(value[String(list[0])]).flatMap((item, index): Named[] => {
    const name = isObject(item) ? textOf(item[field]) : undefined;
    return name === undefined || name === '' ? [] : [{ keys: [...list, index, field], name }];
  });
}

function duplicates(all: readonly Named[], what: string, say: Visit['say']): void {
  const seen = new Set<string>();
  for (const { keys, name } of all) {
    if (seen.has(name)) say(keys, `${what} of this name is there already`, 'each name once');
    seen.add(name);
  }
}

/** What a container is made of. */
export const containers: Check = {
  code: 'TARS6115',
  severity: 'error',
  refusedBy: 'server',
  title: 'a container that the server does not take',
  why: 'The server refuses the object, or the controller cannot make its pods.',
  remedy: 'correct the field that the path names',
  on: {
    'core/v1.PodSpec': ({ value, say }) => {
      const claims = listOf(value['resourceClaims']).map((claim) => objectOf(claim)['name']);
      for (const list of ['initContainers', 'containers']) {
        listOf(value[list]).forEach((one, index) => {
          listOf(objectOf(objectOf(one)['resources'])['claims']).forEach((claim, n) => {
            if (claims.includes(objectOf(claim)['name'] ?? null)) return;
            say(
              [list, index, 'resources', 'claims', n, 'name'],
              'the pod has no resource claim of this name',
              'one of resourceClaims',
            );
          });
        });
      }
      listOf(value['initContainers']).forEach((one, index) => {
        if (!isObject(one) || one['restartPolicy'] === 'Always') return;
        for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle']) {
          if (isObject(one[field]))
            say(
              ['initContainers', index, field],
              'an init container that ends has none',
              'restartPolicy: Always, for one that runs on',
            );
        }
      });
    },
    'core/v1.Container': checkContainer,
    'core/v1.ContainerPort': ({ value, say }) => {
      if (typeof value['containerPort'] === 'number' && !isPortNumber(value['containerPort']))
        say(['containerPort'], 'not the number of a port', PORT_NUMBER);
      const host = value['hostPort'];
      if (typeof host === 'number' && host !== 0 && !isPortNumber(host))
        say(['hostPort'], 'not the number of a port', PORT_NUMBER);
      const name = textOf(value['name']);
      if (name !== undefined && name !== '' && !isPortName(name)) say(['name'], 'not the name of a port', PORT_NAME);
    },
    'core/v1.VolumeMount': ({ value, say }) => {
      const { subPath, subPathExpr } = value;
      for (const [field, path] of Object.entries({ subPath, subPathExpr })) {
        if (typeof path === 'string' && !isInside(path))
          say([field], 'the path leaves the volume', 'a relative path without ".."');
      }
      if (given(subPath) && given(subPathExpr))
        say(['subPathExpr'], 'one of subPath and subPathExpr is enough', 'one of them');
    },
    'core/v1.SecurityContext': ({ value, say }) => {
      const isPrivileged = value['privileged'] === true;
      const added = listOf(objectOf(value['capabilities'])['add']);
      if (value['allowPrivilegeEscalation'] !== false) return;
      if (isPrivileged)
        say(['allowPrivilegeEscalation'], 'a privileged container can always escalate', 'privileged: false');
      if (added.includes('CAP_SYS_ADMIN'))
        say(['allowPrivilegeEscalation'], 'a container with CAP_SYS_ADMIN can always escalate', 'no CAP_SYS_ADMIN');
    },
  },
};

function checkContainer({ value, say }: Visit): void {
  listOf(value['volumeMounts']).forEach((mount, index) => {
    if (
      objectOf(mount)['mountPropagation'] === 'Bidirectional' &&
      objectOf(value['securityContext'])['privileged'] !== true
    ) {
      say(
        ['volumeMounts', index, 'mountPropagation'],
        'only a privileged container may mount on its host',
        'None, HostToContainer',
      );
    }
  });
  if (listOf(value['restartPolicyRules']).length > 0 && !given(value['restartPolicy'])) {
    say(['restartPolicy'], 'rules are exceptions of a policy, and there is none', 'Always, OnFailure, Never');
  }
  const image = textOf(value['image']);
  if (image === undefined || image === '') say(['image'], 'there is no image', 'the name of an image');
  else if (image.trim() !== image) say(['image'], 'the name of the image has spaces around it', image.trim());
}

function given(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
