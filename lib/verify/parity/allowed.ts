import { posix } from 'node:path';
import { composeHealthCommand, composeTarget, composeWait } from '../../model/compose-target';
import type { Check, Development, EnvEntry, Port } from '../../model/service-spec';
import type { TextValue } from '../../model/value';
import { writeText } from '../../model/value';
import type { Component } from '../components';
import { composeTargetsOf } from '../components';
import type { AxisName, Difference, Outputs } from './difference';
import type { SameButHosts } from './host-names';
import { OUTSIDE } from './connections';

/** What a difference is about. */
export interface DifferenceOf {
  readonly outputs: Outputs;
  /** undefined: no component of the model. */
  readonly component: Component | undefined;
}

/** A difference that is meant, and why. */
export interface AllowedDifference {
  readonly name: string;
  readonly axis: AxisName;
  /** For the report; with the number of the decision where there is one. */
  readonly reason: string;
  /** Whether it is this one: as narrow as the model can tell. */
  readonly covers: (difference: Difference, of: DifferenceOf, hosts: SameButHosts) => boolean;
}

/** Equal once the host names of one target are written as the other's. */
const byHostNames: AllowedDifference['covers'] = ({ kubernetes, compose }, _, hosts) =>
  kubernetes !== undefined && compose !== undefined && hosts(kubernetes.value, compose.value);

const HOST_NAMES = 'each target finds a service by its own name';

/**
 * Every difference between the two outputs that is meant. What stands here and never occurs in the
 * reference stack or in an example fails a test: nobody would see when it becomes wrong.
 */
const ROWS: readonly AllowedDifference[] = [
  { name: 'host names in variables', axis: 'environment', reason: HOST_NAMES, covers: byHostNames },
  { name: 'host names in files', axis: 'files', reason: HOST_NAMES, covers: byHostNames },
  {
    name: 'development image',
    axis: 'image',
    reason: 'Compose is for development: it builds the development target, under a tag of its own (D15)',
    covers: ({ kubernetes, compose }, pair) => {
      const target = developmentOf(pair)?.target;
      return target !== undefined && compose?.value === `${kubernetes?.value ?? ''}-${target}`;
    },
  },
  {
    name: 'development command',
    axis: 'command',
    reason: 'Compose runs the development server (D15)',
    covers: ({ key, compose }, pair) =>
      key === 'command' && compose?.value === JSON.stringify(developmentOf(pair)?.command),
  },
  {
    name: 'development variables',
    axis: 'environment',
    reason: 'what the development server is told (D15)',
    covers: ({ key, compose }, pair) => {
      const entry = developmentOf(pair)?.env.findLast(({ name }) => name === key);
      return entry !== undefined && compose !== undefined && textOnCompose(entry, pair) === compose.value;
    },
  },
  {
    name: 'development sources',
    axis: 'mounts',
    reason: 'the sources are mounted, so that a change is seen at once (D15)',
    covers: ({ key, kubernetes, compose }, pair) => {
      const source = developmentOf(pair)?.sources.find(({ to }) => to === key);
      const image = pair.component?.spec.image;
      if (source === undefined || kubernetes !== undefined || image?.kind !== 'build') return false;
      const directory = posix.dirname(pair.outputs.compose.file);
      const path = posix.relative(directory, posix.join(image.build.context, source.from));
      return compose?.value === `bind ${path.startsWith('.') ? path : `./${path}`}, read-only`;
    },
  },
  {
    name: 'development memory',
    axis: 'resources',
    reason: 'a development server needs more, or less, than a production one (D15)',
    covers: ({ key, compose }, pair) => {
      const limit = developmentOf(pair)?.memoryLimitMiB;
      if (limit === undefined || pair.component === undefined || pair.component.task !== undefined) return false;
      const request = Math.min(pair.component.spec.resources.memoryRequestMiB, limit);
      return compose?.value === { 'memory limit': `${limit}Mi`, 'memory request': `${request}Mi` }[key];
    },
  },
  {
    name: 'temporary files in memory',
    axis: 'mounts',
    reason: 'an engine has no disk of a limited size for a container: a tmpfs of the same size',
    covers: ({ kubernetes, compose }) =>
      kubernetes !== undefined && kubernetes.value.replace(/^disk /, 'memory ') === compose?.value,
  },
  {
    name: 'scratch that outlives the container',
    axis: 'mounts',
    reason: 'keepOnCompose: logs, for instance, stay in a named volume',
    covers: ({ key, kubernetes, compose }, { component }) =>
      compose?.value === 'volume' &&
      /^(disk|memory) /.test(kubernetes?.value ?? '') &&
      component?.spec.volumes.some(
        (volume) => volume.kind === 'scratch' && volume.mountPath === key && volume.composeStorage === 'volume',
      ) === true,
  },
  {
    name: 'scratch that a task does not mount',
    axis: 'mounts',
    reason: 'on Compose a task has /tmp, and what it asks for; a pod has every scratch volume of its service',
    covers: ({ key, kubernetes, compose }, { component }) =>
      component?.task !== undefined &&
      compose === undefined &&
      /^(disk|memory) /.test(kubernetes?.value ?? '') &&
      component.spec.volumes.some(({ kind, mountPath }) => kind === 'scratch' && mountPath === key),
  },
  {
    name: 'task that stays',
    axis: 'command',
    reason:
      '`up --wait` takes a container that ends for one that failed: the task is repeated until it is done, then waits',
    covers: ({ key, kubernetes, compose }, { component }) => {
      if (component?.task?.staysOnCompose !== true || key !== 'entrypoint' || compose === undefined) return false;
      const [inner, outer] = [kubernetes?.value ?? '[]', compose.value].map((text) => JSON.parse(text) as unknown[]);
      return (
        inner !== undefined &&
        inner.length > 0 &&
        outer !== undefined &&
        outer[0] === '/bin/sh' &&
        String(outer[2]).startsWith('until "$@"; do ') &&
        JSON.stringify(outer.slice(-inner.length)) === JSON.stringify(inner)
      );
    },
  },
  {
    name: 'gateway',
    axis: 'components',
    reason: "Compose has no Ingress controller: a gateway in front serves the exposure's routes",
    covers: ({ key, kubernetes }, { outputs }) => kubernetes === undefined && outputs.gateway === key,
  },
  {
    name: 'stand-in',
    axis: 'components',
    reason: 'what is outside on Kubernetes has a stand-in on Compose (composeStandIn)',
    covers: ({ kubernetes }, { component, outputs }) =>
      kubernetes === undefined && outputs.components.some((one) => standInsOf(one).includes(component?.composeName)),
  },
  {
    name: 'waiting for a stand-in',
    axis: 'order',
    reason: 'a stand-in starts with the system; what is outside runs already',
    covers: ({ key, kubernetes }, { component }) => kubernetes === undefined && standInsOf(component).includes(key),
  },
  {
    name: 'connecting to a stand-in',
    axis: 'reachability',
    reason: 'the stand-in is on a network of Compose, what it stands for is outside',
    covers: ({ key, kubernetes, compose }, { component, outputs }) =>
      key === OUTSIDE
        ? compose === undefined && standInsOf(component).length > 0
        : kubernetes === undefined &&
          outputs.components.some(({ id, composeName }) => id === key && standInsOf(component).includes(composeName)),
  },
  {
    name: "check of Compose's own",
    axis: 'health',
    reason: 'the model gives Compose a check, or times, of its own: nobody waits for readiness there as a Service does',
    covers: ({ key, compose }, { component }) => {
      const { compose: probe, readiness } = component?.spec.health ?? {};
      if (component === undefined || probe === undefined || probe === readiness || compose === undefined) return false;
      switch (key) {
        case 'check':
          return compose.value === checkText(probe.check, component.spec.ports);
        case 'seconds between checks':
          return compose.value === String(probe.periodSeconds);
        case 'seconds until a check has failed':
          return compose.value === String(probe.timeoutSeconds);
        default:
          return compose.value === String(probe.failureThreshold);
      }
    },
  },
  {
    name: 'a check that nobody can ask',
    axis: 'health',
    reason: 'on Compose the check runs inside the container, and no client for it is known to be in the image',
    covers: ({ kubernetes, compose }, { component }) =>
      kubernetes !== undefined &&
      compose === undefined &&
      component !== undefined &&
      composeHealthCommand(component.spec) === undefined,
  },
  {
    name: 'waiting for a start',
    axis: 'order',
    reason: 'the link says so, or the server has no check that Compose could wait for',
    covers: ({ key, kubernetes, compose }, { component }) =>
      kubernetes !== undefined &&
      compose?.value === 'service_started' &&
      component?.model.links.some(
        ({ client, target, said }) =>
          client.path === component.spec.path &&
          target.kind === 'service' &&
          target.spec.composeName === key &&
          composeWait(target.spec, said) === 'started',
      ) === true,
  },
  {
    name: 'mounted elsewhere on Compose',
    axis: 'mounts',
    reason: 'composeMountPath: the image keeps its data elsewhere there',
    covers: ({ key, kubernetes, compose }, { component }) =>
      component?.spec.volumes.some(
        (volume) =>
          volume.kind === 'claim' &&
          volume.mountPath !== volume.composeMountPath &&
          key === (kubernetes === undefined ? volume.composeMountPath : volume.mountPath) &&
          (kubernetes ?? compose)?.value.startsWith('volume'),
      ) === true,
  },
  {
    name: 'nobody waits',
    axis: 'order',
    reason: 'the link says that its client starts without waiting (waitFor "none")',
    covers: ({ key, kubernetes, compose }, { component }) =>
      kubernetes !== undefined &&
      compose === undefined &&
      component?.model.links.some(
        ({ client, target, wait }) =>
          client.path === component.spec.path &&
          target.kind === 'service' &&
          target.spec.composeName === key &&
          wait === 'none',
      ) === true,
  },
  {
    name: 'a task runs first',
    axis: 'order',
    reason: 'Compose starts a service after its migration; on Kubernetes the service is not ready before (D21, D24)',
    covers: ({ key, kubernetes, compose }, { component }) =>
      component?.task === undefined &&
      kubernetes === undefined &&
      compose?.value === 'service_completed_successfully' &&
      component?.spec.tasks.some((one) => one.blocksStart && `${component.composeName}-${one.name}` === key) === true,
  },
  {
    name: 'user of Compose',
    axis: 'user',
    reason:
      'a volume at a path that the image lacks belongs to root on an engine: the model says whom it runs as there',
    covers: ({ key, compose }, { component }) =>
      key === 'user' && compose !== undefined && compose.value === component?.spec.runAs.composeUser,
  },
  {
    name: 'CPU limit',
    axis: 'resources',
    reason: 'an engine refuses more CPUs than the machine has: no limit unless a variable says one',
    covers: ({ key, kubernetes, compose }) => key === 'CPU limit' && kubernetes !== undefined && compose === undefined,
  },
  {
    name: 'a task on the networks of its service',
    axis: 'reachability',
    reason: "a task connects as its service does, on the networks of the service's links: the two meet there",
    covers: ({ key, kubernetes }, { component, outputs }) =>
      kubernetes === undefined &&
      outputs.components.some(({ id, spec }) => id === key && spec.path === component?.spec.path),
  },
];

/** The rows of the table. */
export const ALLOWED: readonly AllowedDifference[] = [...ROWS];

/** What differs while the code is being worked on; undefined in the environment "production". */
function developmentOf({ component }: DifferenceOf): Development | undefined {
  return component?.model.settings.environment === 'development' ? component.spec.development : undefined;
}

/** The text of a variable as Compose has it; undefined for a secret. */
function textOnCompose({ value }: EnvEntry, { component }: DifferenceOf): string | undefined {
  if (component === undefined || value.kind === 'secret') return undefined;
  const text: TextValue = value;
  return writeText(text, {
    literal: (literal) => literal,
    secret: () => '',
    endpoint: (endpoint, show) => {
      const target = composeTarget(component.model, endpoint);
      if (target === undefined) return '';
      if (show === 'port') return String(target.port);
      return show === 'address' ? `${target.host}:${target.port}` : target.host;
    },
  });
}

/** Names of the Compose services that stand in for what a component links to outside. */
function standInsOf(component: Component | undefined): readonly (string | undefined)[] {
  if (component === undefined) return [];
  return composeTargetsOf(component).flatMap(({ service, external }) =>
    service === undefined || external === undefined ? [] : [service.composeName],
  );
}

/** A check, written as the comparison has it. */
function checkText(check: Check, ports: readonly Port[]): string {
  if (check.kind === 'exec') return JSON.stringify(check.command);
  const number = ports.find(({ name }) => name === check.port)?.number ?? 0;
  return check.kind === 'http' ? `GET ${number}${check.path}` : `connect to ${number}`;
}
