import { composeHealthCommand, composeWait } from '../../model/compose-target';
import type { Check, Port } from '../../model/service-spec';
import type { Component } from '../components';
import { composeTargetsOf } from '../components';
import type { AllowedDifference } from './allowed-difference';
import { DEVELOPMENT } from './allowed-in-development';
import { OUTSIDE } from './connections';

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
  ...DEVELOPMENT,
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
