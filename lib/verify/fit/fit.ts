import { parseKubernetesMinor } from '../../model/versions';
import type { EmittedSet } from '../emitted';
import type { Cluster } from './cluster';
import { emptyCluster, without } from './cluster';
import type { Node } from './node';
import type { Pod } from './pod';
import type { Choose, Placement, Unplaced } from './schedule';
import { schedule } from './schedule';
import { namespaceLabels, podsOf } from './workload-pods';

/** One moment in the life of the system. */
export interface Scenario {
  /** Names of the nodes that are lost; none: at the peak. */
  readonly lost: readonly string[];
  /** Whether a rolling update is under way: then its pods alone are spoken of. */
  readonly isUpdate: boolean;
  readonly nodes: number;
  readonly pods: number;
  /** In the worst of the attempts. */
  readonly unplaced: readonly Unplaced[];
  /** Attempts in which something was left without a place. */
  readonly failed: number;
}

/** Whether a set of manifests fits a set of nodes. */
export interface Fit {
  readonly fits: boolean;
  readonly nodes: readonly Node[];
  /** How often the pods were placed, each time with another choice among nodes of equal score. */
  readonly attempts: number;
  readonly scenarios: readonly Scenario[];
}

/** What the scheduler leaves to chance is tried in so many ways. */
const ATTEMPTS = 8;
/** Losses of several nodes are tried one by one, but not more than this. */
export const MOST_LOSSES = 500;

/**
 * Places every pod on these nodes as kube-scheduler would: with the first apply, with the autoscalers
 * at their maximum, during a rolling update, and all that after losing any `lose` of the nodes.
 * Preemption is not tried: a pod that would push another one out counts as one without a place.
 */
export function fit(emitted: EmittedSet, nodes: readonly Node[], lose: number): Fit {
  const minor = parseKubernetesMinor(emitted.kubernetesVersion) ?? 25;
  const pods = podsOf(emitted, minor, nodes);
  const empty = emptyCluster(nodes, namespaceLabels(emitted));
  const runs = Array.from({ length: ATTEMPTS }, (_, attempt) => runOnce(pods, empty, lose, attempt));
  const scenarios = (runs[0] ?? []).map((_, i): Scenario => {
    const same = runs.flatMap((run) => run[i] ?? []);
    const worst = same.reduce((a, b) => (b.unplaced.length > a.unplaced.length ? b : a));
    return { ...worst, failed: same.filter(({ unplaced }) => unplaced.length > 0).length };
  });
  return { fits: scenarios.every(({ failed }) => failed === 0), nodes, attempts: ATTEMPTS, scenarios };
}

type Moment = Omit<Scenario, 'failed'>;

function runOnce(pods: readonly Pod[], empty: Cluster, lose: number, attempt: number): readonly Moment[] {
  const choose = chooser(attempt);
  const [running, updating] = [pods.filter((p) => p.stage !== 'update'), pods.filter((p) => p.stage === 'update')];
  const peak = schedule(running, empty, choose);
  const during = (lost: readonly string[], from: Placement, count: number): Moment[] => {
    const moment = (isUpdate: boolean, placement: readonly Unplaced[], number: number): Moment => ({
      lost,
      isUpdate,
      nodes: from.cluster.nodes.length,
      pods: number,
      unplaced: placement,
    });
    if (updating.length === 0) return [moment(false, from.unplaced, count)];
    // What has no place before an update is said once.
    const update = schedule(updating, from.cluster, choose);
    return [moment(false, from.unplaced, count), moment(true, update.unplaced, count + updating.length)];
  };
  return [
    ...during([], peak, running.length),
    ...losses(empty, lose).flatMap((lost) => {
      const { cluster, evicted } = without(peak.cluster, new Set(lost));
      const waiting = peak.unplaced.filter(({ stuckOn }) => stuckOn === undefined).map(({ pod }) => pod);
      const again = schedule([...waiting, ...evicted], cluster, choose);
      const gone = running.filter(({ onlyOn }) => onlyOn !== undefined && lost.includes(onlyOn)).length;
      return during(lost, again, running.length - gone);
    }),
  ];
}

/** Every way to lose so many nodes. */
function losses({ nodes }: Cluster, lose: number): readonly (readonly string[])[] {
  const names = nodes.map(({ node }) => node.name);
  const choose = (from: number, count: number): string[][] =>
    count === 0
      ? [[]]
      : names.slice(from).flatMap((name, i) => choose(from + i + 1, count - 1).map((rest) => [name, ...rest]));
  return lose === 0 ? [] : choose(0, lose);
}

/** Ways to lose so many of so many nodes. */
export function countLosses(nodes: number, lose: number): number {
  return Array.from({ length: lose }, (_, i) => i).reduce(
    (ways, i) => (ways * (nodes - i)) / (i + 1),
    lose === 0 ? 0 : 1,
  );
}

/**
 * The first attempt takes the first of equals, the others any, each the same in every run.
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (mulberry32)
 */
function chooser(attempt: number): Choose {
  let state = attempt;
  return (count) => {
    if (attempt === 0) return 0;
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}
