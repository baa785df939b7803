import { show } from '../../../model/issues';
import type { Json } from '../../emitted';
import { isObject, listOf, objectOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { DNS_SUBDOMAIN, isDnsSubdomain, isLabelValue, isQualifiedName, LABEL_VALUE, QUALIFIED_NAME } from '../syntax';

/** What holds for a pod as a whole. */
export const pods: Check = {
  code: 'TARS6119',
  severity: 'error',
  refusedBy: 'server',
  title: 'a pod that the server does not take',
  why: 'The server refuses the object, or the controller cannot make its pods.',
  remedy: 'correct the field that the path names',
  on: {
    'core/v1.PodSpec': checkPod,
    'core/v1.AppArmorProfile': ({ value, say }) => {
      const isLocal = value['type'] === 'Localhost';
      if (isLocal !== given(value['localhostProfile']))
        say(
          ['localhostProfile'],
          'a profile of the node goes with type Localhost',
          isLocal ? 'the name of a profile' : 'none',
        );
    },
    'core/v1.TopologySpreadConstraint': ({ value, say }) => {
      if (value['minDomains'] !== undefined && value['whenUnsatisfiable'] !== 'DoNotSchedule') {
        say(['minDomains'], 'minDomains is for constraints that must hold', 'whenUnsatisfiable: DoNotSchedule');
      }
    },
    'core/v1.Toleration': ({ value, say }) => {
      const operator = value['operator'] ?? 'Equal';
      if (operator === 'Exists' && given(value['value'])) say(['value'], 'Exists compares with no value', 'no value');
      const key = textOf(value['key']);
      if (key !== undefined && key !== '' && !isQualifiedName(key))
        say(['key'], 'not the key of a taint', QUALIFIED_NAME);
      if (!given(value['key']) && operator !== 'Exists')
        say(['operator'], 'a toleration without a key is one of everything', 'Exists');
      if (value['tolerationSeconds'] !== undefined && value['effect'] !== 'NoExecute') {
        say(['effect'], 'only what ends running pods can wait', 'NoExecute');
      }
    },
    'core/v1.NodeSelector': ({ value, say }) => {
      if (listOf(value['nodeSelectorTerms']).length === 0)
        say(['nodeSelectorTerms'], 'there is no term', 'one term at least');
    },
    'core/v1.NodeSelectorRequirement': ({ value, keys, say }) => {
      const [operator, values] = [value['operator'], listOf(value['values'])];
      if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
        say(['values'], `${operator} compares with values`, 'one value at least');
      if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
        say(['values'], `${operator} takes no values`, 'no values');
      // Of a wish the server does not look at the values.
      const isWish = keys.includes('preferredDuringSchedulingIgnoredDuringExecution');
      values.forEach((one, index) => {
        if (!isWish && typeof one === 'string' && !isLabelValue(one))
          say(['values', index], 'not the value of a label', LABEL_VALUE);
      });
      if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1)
        say(['values'], `${operator} compares with one number`, 'one value');
    },
    'core/v1.PodDNSConfigOption': ({ value, say }) => {
      if (!given(value['name'])) say(['name'], 'the option has no name', 'e.g. ndots');
    },
    'core/v1.CSIVolumeSource': ({ value, say }) => {
      if (isObject(value['nodePublishSecretRef']) && !given(value['nodePublishSecretRef']['name']))
        say(['nodePublishSecretRef', 'name'], 'the Secret has no name', 'a name');
    },
    'core/v1.Sysctl': ({ value, say }) => {
      const name = textOf(value['name']);
      if (name !== undefined && !/^([a-z0-9][-_a-z0-9]*)([./][a-z0-9][-_a-z0-9]*)*$/.test(name))
        say(['name'], 'not the name of a sysctl', 'e.g. net.core.somaxconn');
    },
    'core/v1.PodOS': ({ value, say }) => {
      const name = textOf(value['name']);
      if (name !== 'linux' && name !== 'windows') say(['name'], 'not an operating system of nodes', 'linux, windows');
    },
    'core/v1.SeccompProfile': ({ value, say }) => {
      const isLocal = value['type'] === 'Localhost';
      if (isLocal !== given(value['localhostProfile']))
        say(
          ['localhostProfile'],
          'a profile of the node goes with type Localhost',
          isLocal ? 'the path of a profile' : 'none',
        );
    },
  },
};

function checkPod({ value, minor, say }: Visit): void {
  // The old name of the field counts where the new one is not said.
  const account = textOf(value['serviceAccount']) ?? '';
  if (!given(value['serviceAccountName']) && account !== '' && !isDnsSubdomain(account))
    say(['serviceAccount'], 'not the name of a ServiceAccount', DNS_SUBDOMAIN);
  if (isObject(value) && Array.isArray(value['containers']) && value['containers'].length === 0) {
    say(['containers'], 'the pod has no container', 'one container at least');
  }
  for (const name of Object.keys(objectOf(value['overhead']))) {
    if (!/^(cpu|memory|ephemeral-storage)$/.test(name) && !name.includes('/'))
      say(['overhead', name], 'pods have no such resource', 'cpu, memory');
  }
  const dns = objectOf(value['dnsConfig']);
  if (value['dnsPolicy'] === 'None' && listOf(dns['nameservers']).length === 0) {
    say(['dnsConfig', 'nameservers'], 'dnsPolicy None needs servers', 'one address at least');
  }
  if (value['hostNetwork'] === true) {
    listOf(value['containers']).forEach((container, index) => {
      listOf(objectOf(container)['ports']).forEach((port, n) => {
        const { hostPort, containerPort } = objectOf(port);
        if (hostPort !== undefined && hostPort !== containerPort)
          say(
            ['containers', index, 'ports', n, 'hostPort'],
            'in the network of the host both ports are one',
            show(containerPort),
          );
      });
    });
  }
  listOf(objectOf(value['securityContext'])['supplementalGroups']).forEach((group, index) => {
    if (typeof group === 'number' && (group < 0 || group >= 2 ** 31))
      say(['securityContext', 'supplementalGroups', index], 'not the number of a group', `0 to ${2 ** 31 - 1}`);
  });
  const grace =
    typeof value['terminationGracePeriodSeconds'] === 'number' ? value['terminationGracePeriodSeconds'] : 30;
  for (const list of ['initContainers', 'containers']) {
    listOf(value[list]).forEach((container, index) => {
      for (const hook of ['preStop', 'postStart']) {
        const sleep = objectOf(objectOf(objectOf(container)['lifecycle'])[hook])['sleep'];
        const seconds = isObject(sleep) ? (sleep['seconds'] ?? 0) : undefined;
        // No sleep at all is one since 1.33.
        const least = minor >= 33 ? 0 : 1;
        if (typeof seconds !== 'number' || (seconds >= least && seconds <= grace)) continue;
        say(
          [list, index, 'lifecycle', hook, 'sleep', 'seconds'],
          seconds < least ? 'the pod cannot sleep this long' : 'the pod is ended before the sleep is',
          `${least} to ${grace}, the terminationGracePeriodSeconds`,
        );
      }
    });
  }
  for (const list of ['initContainers', 'containers']) {
    listOf(value[list]).forEach((container, index) => {
      if (objectOf(objectOf(container)['securityContext'])['procMount'] !== 'Unmasked' || value['hostUsers'] === false)
        return;
      say(
        [list, index, 'securityContext', 'procMount'],
        'only a pod with users of its own may see all of /proc',
        'hostUsers: false',
      );
    });
  }
  if (value['shareProcessNamespace'] === true && value['hostPID'] === true) {
    say(
      ['shareProcessNamespace'],
      'the processes of the host are shared already',
      'one of shareProcessNamespace and hostPID',
    );
  }
  const spreads = new Set<string>();
  listOf(value['topologySpreadConstraints']).forEach((one, index) => {
    const { topologyKey, whenUnsatisfiable } = objectOf(one);
    const key = `${show(topologyKey)} ${show(whenUnsatisfiable)}`;
    if (spreads.has(key))
      say(
        ['topologySpreadConstraints', index],
        'a constraint on this topology is there already',
        'one for each topologyKey and whenUnsatisfiable',
      );
    spreads.add(key);
  });
}

function given(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
