import type { Container, Pod } from '../cluster-client/objects';
import type { ContainerRequests, PodObservation } from './observation';
import { milliOf } from './quantities';

const PHASES: readonly string[] = ['Pending', 'Running', 'Succeeded', 'Failed'];

/** What the controller sees of a pod. */
export function readPod({ metadata, spec, status }: Pod): PodObservation {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const phase = status?.phase ?? 'Unknown';
  // an init container that stays is one of those that are asked for their requests
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return {
    name: metadata.name,
    phase: PHASES.includes(phase) ? (phase as PodObservation['phase']) : 'Unknown',
    deleting: metadata.deletionTimestamp !== undefined,
    ready:
      ready === undefined
        ? undefined
        : {
            status: ready.status === 'True' || ready.status === 'False' ? ready.status : 'Unknown',
            since: Date.parse(ready.lastTransitionTime ?? '') || 0,
          },
    startTime: status?.startTime === undefined ? undefined : Date.parse(status.startTime),
    containers: [...spec.containers, ...sidecars].map(readRequests),
  };
}

function readRequests({ name, resources }: Container): ContainerRequests {
  const requests: Record<string, number> = {};
  for (const [resource, quantity] of Object.entries(resources?.requests ?? {})) {
    const amount = milliOf(quantity);
    if (amount !== undefined) requests[resource] = amount;
  }
  return { name, requests };
}
