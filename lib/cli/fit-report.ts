import type { Issue } from '../model/issues';
import { formatCpu } from '../model/quantities';
import type { Fit, Scenario } from '../verify/fit/fit';
import type { Node } from '../verify/fit/node';
import type { Unplaced } from '../verify/fit/schedule';
import { formatQuantity, UNIT } from '../model/kubernetes-quantity';
import type { Paint } from './paint';

/** One environment on its nodes. */
interface Result {
  readonly name: string;
  readonly fit: Fit;
}

/** The same for programs. CPU in thousandths of a core, all else in whole units. */
export function fitData({ name, fit }: Result): object {
  return {
    name,
    fits: fit.fits,
    nodes: fit.nodes,
    attempts: fit.attempts,
    scenarios: fit.scenarios.map(({ unplaced, ...scenario }) => ({
      ...scenario,
      unplaced: unplaced.map(({ pod, reason, stuckOn }) => ({ pod: pod.name, owner: pod.owner, reason, stuckOn })),
    })),
  };
}

/** Pods of one owner that have no place for one reason. */
interface Group {
  readonly owner: string;
  readonly reason: string;
  readonly pods: readonly string[];
}

function groupsOf(unplaced: readonly Unplaced[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { pod, reason } of unplaced) {
    const key = `${pod.owner} ${reason}`;
    groups.set(key, { owner: pod.owner, reason, pods: [...(groups.get(key)?.pods ?? []), pod.name] });
  }
  return [...groups.values()];
}

/** What does not fit, as issues. */
export function fitIssues({ scenarios, nodes, attempts }: Fit): readonly Issue[] {
  return scenarios.flatMap((scenario) =>
    groupsOf(scenario.unplaced).map(({ owner, reason, pods }): Issue => ({
      code: 'TARS6221',
      severity: 'error',
      path: owner,
      message: `${nameOf([scenario])} ${pods.length} of its pods cannot run${chance(scenario, attempts)}: ${reason}`,
      given: nodesText(nodes),
      allowed: 'a place for every pod',
      remedy: 'add nodes or larger ones, lower requests or replicas, or loosen what binds the pods to places',
    })),
  );
}

/** For people. */
export function fitText({ name, fit }: Result, alone: boolean, paint: Paint): string {
  const verdict = fit.fits ? paint('green', 'everything has a place') : paint('red', 'not everything has a place');
  const head = `${alone ? '' : `${name}: `}${verdict} on ${nodesText(fit.nodes)}\n`;
  return (
    head +
    alike(fit.scenarios)
      .map((same) => scenarioText(same, fit.attempts, paint))
      .join('')
  );
}

/** Losses that come to the same are said together. */
function alike(scenarios: readonly Scenario[]): readonly (readonly [Scenario, ...Scenario[]])[] {
  const groups = new Map<string, [Scenario, ...Scenario[]]>();
  for (const scenario of scenarios) {
    const { isUpdate, lost, nodes, pods, failed, unplaced } = scenario;
    const said = groupsOf(unplaced).map(({ owner, reason, pods: names }) => [owner, reason, names.length]);
    const key = JSON.stringify([isUpdate, lost.length, nodes, pods, failed, said]);
    groups.set(key, [...(groups.get(key) ?? []), scenario] as [Scenario, ...Scenario[]]);
  }
  return [...groups.values()];
}

/** `at the peak`, `after losing node-1 or node-2, during a rolling update`. */
function nameOf(same: readonly Scenario[]): string {
  const lost = same.map((scenario) => scenario.lost.join(' and ')).filter((names) => names !== '');
  const some = lost.length > 4 ? [...lost.slice(0, 3), `${lost.length - 3} others`] : lost;
  const moment = lost.length === 0 ? 'at the peak' : `after losing ${some.join(' or ')}`;
  return same[0]?.isUpdate === true ? `${moment}, during a rolling update` : moment;
}

function scenarioText(same: readonly [Scenario, ...Scenario[]], attempts: number, paint: Paint): string {
  const [scenario] = same;
  const { nodes, pods, unplaced } = scenario;
  const name = nameOf(same);
  const size = paint('dim', `${pods} pods on ${nodes} node${nodes === 1 ? '' : 's'}`);
  if (unplaced.length === 0) return `${paint('green', '  fits ')}  ${name}  ${size}\n`;
  const lines = groupsOf(unplaced).map(({ owner, reason, pods: names }) => {
    const some = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
    return `           ${owner}: ${names.length} of its pods (${some})\n             ${reason}\n`;
  });
  return `${paint('red', '  fails')}  ${name}  ${size}${chance(scenario, attempts)}\n${lines.join('')}`;
}

/** Whether it is a matter of luck. */
function chance({ failed }: Scenario, attempts: number): string {
  return failed === attempts ? '' : `, in ${failed} of ${attempts} tries, by the choice among equal nodes`;
}

/** `3 nodes of 4 CPU, 16Gi`; groups of equal nodes. */
function nodesText(nodes: readonly Node[]): string {
  const groups = new Map<string, number>();
  for (const { allocatable } of nodes) {
    const [cpu, memory] = [allocatable['cpu'] ?? 0, allocatable['memory'] ?? 0];
    const gpu = allocatable['nvidia.com/gpu'];
    const text = `${formatCpu(cpu)} CPU, ${formatQuantity(BigInt(memory) * UNIT, 'binary')}${gpu === undefined ? '' : `, ${gpu} GPU`}`;
    groups.set(text, (groups.get(text) ?? 0) + 1);
  }
  return [...groups].map(([text, count]) => `${count} node${count === 1 ? '' : 's'} of ${text}`).join(' and ');
}
