import type { ComposeSnapshot } from '../compose-snapshot';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import type { LiveContainer } from '../live';
import { lastEnd, liveContainers } from '../live';
import type { LogExcerpt } from '../log-excerpt';
import { engineContainers, isFailing } from '../services';
import { oneLine, tail } from '../text';
import { isKilledByProbe } from './failing-probe';

/** So many lines before the end of a log belong to the end. */
const LAST_WORDS = 12;

/** A line in the log of something that does not serve, which says why. */
export interface TellingLine {
  /** Pod, or container of the engine. */
  readonly name: string;
  /** `Deployment/tars-backend`, or the name of a service. */
  readonly owner: string;
  readonly component: string;
  readonly line: string;
}

/**
 * The last line of this kind of each container that ends by itself. What one that runs complains of, it lives
 * with: it says nothing of why a probe fails.
 */
export function tellingPods(pattern: RegExp, snapshot: KubernetesSnapshot): readonly TellingLine[] {
  return liveContainers(snapshot)
    .filter((container) => container.status.ready !== true && endsByItself(container, snapshot))
    .flatMap(({ pod, owner, component, spec }) => {
      const { name } = pod.metadata;
      const own = snapshot.logs.filter((log) => log.name === name && log.container === spec.name);
      return lastLine(pattern, own).map((line) => ({ name, owner, component, line }));
    });
}

function endsByItself(container: LiveContainer, snapshot: KubernetesSnapshot): boolean {
  const end = lastEnd(container, snapshot.now);
  return end !== undefined && end.exitCode !== 0 && !isKilledByProbe(container, snapshot);
}

/** The same on an engine. */
export function tellingContainers(pattern: RegExp, snapshot: ComposeSnapshot): readonly TellingLine[] {
  return engineContainers(snapshot)
    .filter(({ container }) => isFailing(container))
    .flatMap(({ expected, container: { name } }) => {
      const own = snapshot.logs.filter((log) => log.name === name);
      const { name: owner, component } = expected;
      return lastLine(pattern, own).map((line) => ({ name, owner, component, line }));
    });
}

function lastLine(pattern: RegExp, logs: readonly LogExcerpt[]): string[] {
  return logs
    .flatMap(({ text }) => tail(text, LAST_WORDS))
    .filter((line) => pattern.test(line))
    .slice(-1)
    .map(oneLine);
}
