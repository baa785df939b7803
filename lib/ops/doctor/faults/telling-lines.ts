import type { ComposeSnapshot } from '../compose-snapshot';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { isReady, livePods, ownerOf } from '../live';
import type { LogExcerpt } from '../log-excerpt';
import { engineContainers, isFailing, isUnhealthy } from '../services';
import { oneLine } from '../text';

/** A line in the log of something that does not serve, which says why. */
export interface TellingLine {
  /** Pod, or container of the engine. */
  readonly name: string;
  /** `Deployment/tars-backend`, or the name of a service. */
  readonly owner: string;
  readonly component: string;
  readonly line: string;
}

/** The last line of this kind of each pod that is not ready. */
export function tellingPods(pattern: RegExp, snapshot: KubernetesSnapshot): readonly TellingLine[] {
  return livePods(snapshot)
    .filter((pod) => !isReady(pod))
    .flatMap((pod) => {
      const { name } = pod.metadata;
      const own = snapshot.logs.filter((log) => log.name === name);
      const owner = ownerOf(pod, snapshot.objects);
      return lastLine(pattern, own).map((line) => ({ name, owner, component: own[0]?.component ?? '', line }));
    });
}

/** The last line of this kind of each container that fails, or whose check fails. */
export function tellingContainers(pattern: RegExp, snapshot: ComposeSnapshot): readonly TellingLine[] {
  return engineContainers(snapshot)
    .filter(({ container }) => isFailing(container) || isUnhealthy(container))
    .flatMap(({ expected, container: { name } }) => {
      const own = snapshot.logs.filter((log) => log.name === name);
      const { name: owner, component } = expected;
      return lastLine(pattern, own).map((line) => ({ name, owner, component, line }));
    });
}

function lastLine(pattern: RegExp, logs: readonly LogExcerpt[]): string[] {
  return logs
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => pattern.test(line))
    .slice(-1)
    .map(oneLine);
}
