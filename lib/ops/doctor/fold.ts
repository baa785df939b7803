import type { IssueCode } from '../../model/issues';
import type { Finding, Found } from './finding';

/** Something found, with the code of its kind. */
export type Coded = Found & { readonly code: IssueCode };

/** Who needs whom. */
export interface Need {
  readonly client: string;
  readonly server: string;
}

/**
 * Leaves causes, and folds what follows from them into them. A symptom is explained by a cause at its
 * own component, else by the nearest one at a component that it needs; without a cause by the symptoms
 * of those that it needs; of two symptoms of one component the first kind stands.
 * @param found in the order of the kinds
 */
export function foldConsequences(found: readonly Coded[], needs: readonly Need[]): Finding[] {
  const affected = new Map<Coded, string[]>();
  const roots: Coded[] = [];
  const explain = (by: readonly Coded[], symptom: Coded): void => {
    for (const one of by)
      affected.set(one, [...(affected.get(one) ?? []), symptom.object, ...(symptom.affected ?? [])]);
  };
  const causes = found.filter(({ rank }) => rank === 'cause');
  const open: Coded[] = [];
  for (const symptom of found.filter(({ rank }) => rank === 'symptom')) {
    const by = nearest(symptom, causes, needs, 0);
    if (by.length > 0) explain(by, symptom);
    else open.push(symptom);
  }
  for (const symptom of open) {
    const same = roots.filter((one) => one.components.some((name) => symptom.components.includes(name)));
    const below = nearest(symptom, open, needs, 1).filter((other) => !isAbove(other, symptom, needs));
    if (same.length === 0 && below.length === 0) roots.push(symptom);
  }
  // Only now is it known which symptoms stand, at any distance.
  for (const symptom of open) {
    if (roots.includes(symptom)) continue;
    const by = nearest(symptom, roots, needs, 0);
    if (by.length > 0) explain(by, symptom);
    else roots.push(symptom);
  }
  return found
    .filter((one) => one.rank !== 'symptom' || roots.includes(one))
    .map((one) => {
      const { code, object, message, evidence, cause, remedies } = one;
      const others = [...(one.affected ?? []), ...(affected.get(one) ?? [])].filter((name) => name !== object);
      return { code, object, message, evidence, cause, remedies, affected: [...new Set(others)].sort() };
    });
}

/** The closest of these that is at most as far below as needs go; `from` 1 leaves the component itself out. */
function nearest(symptom: Coded, among: readonly Coded[], needs: readonly Need[], from: 0 | 1): readonly Coded[] {
  const levels = levelsBelow(symptom.components, needs);
  for (const level of levels.slice(from)) {
    const found = among.filter((one) => one !== symptom && one.components.some((name) => level.has(name)));
    if (found.length > 0) return found;
  }
  return [];
}

/** In a ring of needs nobody is below anybody. */
function isAbove(one: Coded, other: Coded, needs: readonly Need[]): boolean {
  return levelsBelow(one.components, needs)
    .slice(1)
    .some((level) => other.components.some((name) => level.has(name)));
}

/** Components by their distance: the given ones, what they need, what those need, … */
function levelsBelow(components: readonly string[], needs: readonly Need[]): readonly Set<string>[] {
  const seen = new Set(components);
  const levels = [new Set(components)];
  for (;;) {
    const last = levels.at(-1) ?? new Set();
    const next = new Set(
      needs.filter(({ client, server }) => last.has(client) && !seen.has(server)).map(({ server }) => server),
    );
    if (next.size === 0) return levels;
    for (const name of next) seen.add(name);
    levels.push(next);
  }
}
