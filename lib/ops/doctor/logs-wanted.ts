import type { ComposeSnapshot } from './compose-snapshot';
import type { KubernetesSnapshot } from './kubernetes-snapshot';
import { componentOf, isReady, lastEnd, liveContainers, livePods } from './live';
import { engineContainers, isServing } from './services';

/** A log that would tell more. */
export interface WantedLog {
  /** Pod, or container of the engine. */
  readonly name: string;
  readonly component: string;
  readonly container: string;
  readonly previous: boolean;
}

/** The logs of whoever does not serve, and of those that it needs: nobody else's. */
export function kubernetesLogsWanted(snapshot: KubernetesSnapshot): readonly WantedLog[] {
  const { topology } = snapshot;
  const failing = new Set(
    livePods(snapshot)
      .filter((pod) => !isReady(pod) && pod.status?.phase !== 'Succeeded')
      .map(componentOf),
  );
  const asked = new Set([
    ...failing,
    ...[...topology.links, ...topology.needs].filter(({ client }) => failing.has(client)).map(({ server }) => server),
  ]);
  return liveContainers(snapshot)
    .filter(({ component, pod }) => asked.has(component) && pod.status?.phase !== 'Succeeded')
    .filter(({ component, pod }) => !(failing.has(component) && isReady(pod)))
    .flatMap((container) => {
      const { pod, component, spec, status } = container;
      const of = { name: pod.metadata.name, component, container: spec.name };
      const isThere = status.state?.running !== undefined || status.state?.terminated !== undefined;
      return [
        ...(isThere ? [{ ...of, previous: false }] : []),
        ...(lastEnd(container, snapshot.now) !== undefined && (status.restartCount ?? 0) > 0
          ? [{ ...of, previous: true }]
          : []),
      ];
    });
}

/** The logs of whoever does not serve, and of those that it needs: nobody else's. */
export function composeLogsWanted(snapshot: ComposeSnapshot): readonly WantedLog[] {
  const all = engineContainers(snapshot);
  const isFine = (one: (typeof all)[number]): boolean =>
    isServing(one.container) || (one.expected.isTask && one.container.exitCode === 0);
  const failing = all.filter((one) => !isFine(one));
  const needed = new Set(failing.flatMap(({ expected }) => expected.needs));
  return all
    .filter((one) => !isFine(one) || needed.has(one.expected.component))
    .map(({ expected, container }) => ({
      name: container.name,
      component: expected.component,
      container: container.name,
      previous: false,
    }));
}
