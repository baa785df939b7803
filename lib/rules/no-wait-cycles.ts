import type { SystemModel } from '../model/system-model';
import type { Rule } from './rule';

/** Services that wait for each other: none of them would ever start. */
export const noWaitCycles: Rule = {
  name: 'nobody waits for himself',
  check: (model) =>
    cycles(model).map((cycle) => ({
      code: 'TARS2002' as const,
      severity: 'error' as const,
      path: cycle[0] ?? model.path,
      message: 'services wait for each other, so none of them would start',
      given: [...cycle, cycle[0]].join(' → '),
      allowed: 'waits without a cycle',
      remedy: 'let one of the links not wait: endpoint.waitFor("none")',
    })),
};

/** Each cycle once, starting at its first path in order. */
function cycles(model: SystemModel): string[][] {
  const next = new Map<string, string[]>();
  for (const link of model.links) {
    if (link.wait === 'none' || link.target.kind !== 'service') continue;
    next.set(link.client.path, [...(next.get(link.client.path) ?? []), link.target.spec.path]);
  }
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = trail.slice(start);
      const first = cycle.indexOf([...cycle].sort()[0] ?? '');
      const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
      found.set(turned.join(' '), turned);
      return;
    }
    if (done.has(path)) return;
    for (const target of next.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return [...found.values()];
}
