import { show } from '../../../model/issues';
import { fieldPath } from '../../object-path';
import { isObject, listOf, objectOf, textOf, valueAt } from '../../read';
import type { Finding, SecurityCheck, SecuritySubject } from '../check';

type Container = SecuritySubject['containers'][number];

/** What a process writes goes into volumes. */
export const readOnlyRoot: SecurityCheck = {
  code: 'TARS6503',
  severity: 'warning',
  title: 'a container that can write to its own image',
  why: 'Who takes the process over can change its programs, and what it writes is counted against nobody and lost at the next start.',
  remedy: 'set readOnlyRootFilesystem, and mount a volume where the process has to write',
  alsoIn: [
    'kube-linter no-read-only-root-fs',
    'kube-score container-security-context-readonlyrootfilesystem',
    'trivy KSV-0014',
  ],
  find: ({ containers }) =>
    containers.flatMap((one) => {
      if (valueAt(one.container, ['securityContext', 'readOnlyRootFilesystem']) === true) return [];
      return [at(one, ['securityContext', 'readOnlyRootFilesystem'], 'the root file system can be written to', 'true')];
    }),
};

/** What a container needs, and what it may take. */
export const resourcesSaid: SecurityCheck = {
  code: 'TARS6504',
  severity: 'warning',
  title: 'a container without requests or limits',
  why: 'Without a request the scheduler puts the pod where there is no room; without a limit one process takes the node from all others. A full disk evicts every pod of the node.',
  remedy: 'state requests and limits of cpu, memory and ephemeral-storage',
  alsoIn: [
    'kube-linter unset-cpu-requirements, unset-memory-requirements',
    'kube-score container-resources, container-ephemeral-storage-request-and-limit',
    'trivy KSV-0011, KSV-0015, KSV-0016, KSV-0018',
    'polaris cpuLimitsMissing …',
  ],
  find: ({ containers }) =>
    containers.flatMap((one) => {
      if (one.list === 'ephemeralContainers') return [];
      return ['requests', 'limits'].flatMap((list) =>
        ['cpu', 'memory', 'ephemeral-storage'].flatMap((name): Finding[] => {
          const given = valueAt(one.container, ['resources', list, name]);
          return given === undefined || given === null
            ? [at(one, ['resources', list, name], `the container says nothing of its ${list} of ${name}`, 'a quantity')]
            : [];
        }),
      );
    }),
};

/** The same name is the same image tomorrow. */
export const exactTags: SecurityCheck = {
  code: 'TARS6505',
  severity: 'warning',
  title: 'an image without an exact tag',
  why: 'What runs after the next restart is another program, on some of the nodes, and nobody can go back to what ran before.',
  remedy: 'name the exact version, or a digest',
  alsoIn: ['kube-linter latest-tag', 'kube-score container-image-tag', 'trivy KSV-0013', 'polaris tagNotSpecified'],
  find: ({ containers }) =>
    containers.flatMap((one) => {
      const image = textOf(one.container['image']);
      if (image === undefined || isExact(image)) return [];
      return [at(one, ['image'], 'the tag says no version', 'a tag with digits, or a digest')];
    }),
};

/** `postgres:15.2`, `x@sha256:…`; not `postgres`, `x:latest` and `x:stable`. */
function isExact(image: string): boolean {
  if (image.includes('@sha256:')) return true;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag !== undefined && /\d/.test(tag) && !/^latest/.test(tag);
}

/** A process that hangs and one that is not ready yet are different things. */
export const probesDiffer: SecurityCheck = {
  code: 'TARS6506',
  severity: 'warning',
  title: 'one and the same probe for liveness and readiness',
  why: 'Whatever makes the pod unready, a database that is away for instance, also starts it again, over and over, which helps nobody.',
  remedy:
    'let the liveness probe ask whether the process itself still answers, and the readiness probe whether it can serve',
  alsoIn: ['kube-score pod-probes-identical'],
  find: ({ containers }) =>
    containers.flatMap((one) => {
      const { livenessProbe, readinessProbe } = one.container;
      if (!isObject(livenessProbe) || !isObject(readinessProbe)) return [];
      const same = JSON.stringify(handlerOf(livenessProbe)) === JSON.stringify(handlerOf(readinessProbe));
      return same ? [at(one, ['livenessProbe'], 'the readiness probe asks the same', 'another question')] : [];
    }),
};

function handlerOf(probe: Readonly<Record<string, unknown>>): unknown {
  return ['httpGet', 'tcpSocket', 'exec', 'grpc'].map((name) => {
    const handler = probe[name];
    return handler === undefined ? null : Object.entries(handler as object).sort(([a], [b]) => (a < b ? -1 : 1));
  });
}

/** Probes ask what the container says that it offers. */
export const probePorts: SecurityCheck = {
  code: 'TARS6507',
  severity: 'warning',
  title: 'a probe of a port that the container does not declare',
  why: 'A number that stands in two places is changed in one: the pod is started again and again, or nobody notices that it does not serve.',
  remedy: 'declare the port, and name it in the probe',
  alsoIn: ['kube-linter liveness-port, readiness-port, startup-port'],
  find: ({ containers }) =>
    containers.flatMap((one) => {
      const numbers = listOf(one.container['ports']).map((port) => objectOf(port)['containerPort']);
      return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
        ['httpGet', 'tcpSocket', 'grpc'].flatMap((handler): Finding[] => {
          const port = valueAt(one.container, [probe, handler, 'port']);
          if (typeof port !== 'number' || numbers.includes(port)) return [];
          return [
            at(one, [probe, handler, 'port'], 'the container declares no such port', numbers.map(String).join(', ')),
          ];
        }),
      );
    }),
};

function at(
  { container, path, template }: Container,
  keys: readonly string[],
  message: string,
  allowed: string,
): Finding {
  const given = valueAt(container, keys);
  return {
    ...{ path: fieldPath(template.owner.object, [...path, ...keys]), message, allowed },
    given: given === undefined ? undefined : show(given),
  };
}
