import { grouped } from '../model/lookup';
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
  const next = grouped(
    model.links.flatMap(({ client, target, wait }) =>
      wait === 'none' || target.kind !== 'service' ? [] : [{ from: client.path, to: target.spec.path }],
    ),
    ({ from }) => from,
  );
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  // Those who wait for the next one, in order.
  const trail = new Set<string>();
  const visit = (path: string): void => {
    if (trail.has(path)) {
      const waiting = [...trail];
      const cycle = waiting.slice(waiting.indexOf(path));
      const first = cycle.indexOf([...cycle].sort()[0] ?? '');
      const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
      found.set(turned.join(' '), turned);
      return;
    }
    if (done.has(path)) return;
    trail.add(path);
    for (const { to } of next.get(path) ?? []) visit(to);
    trail.delete(path);
    done.add(path);
  };
  for (const path of next.keys()) visit(path);
  return [...found.values()];
}
