import type { Labels } from '../label-requirement';
import type { Selector } from './selector';
import { selects } from './selector';

/**
 * Finds the selectors that select some labels without asking each of them: a selector is filed under
 * the pair of it that the fewest others have, and only those are asked that are filed under a pair
 * of the labels. A thousand policies, each for a component of its own, are asked about once each.
 */
export class SelectorIndex<T extends { readonly selector: Selector }> {
  private readonly filed: ReadonlyMap<string, readonly T[]>;

  public constructor(items: readonly T[]) {
    const frequency = new Map<string, number>();
    for (const { selector } of items) {
      for (const pair of selector.pairs) frequency.set(keyOf(pair), (frequency.get(keyOf(pair)) ?? 0) + 1);
    }
    const filed = new Map<string, T[]>();
    for (const item of items) {
      const keys = item.selector.pairs.map(keyOf);
      const key = keys.reduce<string>((a, b) => (a === '' || rank(frequency, b) < rank(frequency, a) ? b : a), '');
      const list = filed.get(key);
      if (list === undefined) filed.set(key, [item]);
      else list.push(item);
    }
    this.filed = filed;
  }

  /** The items whose selector selects these labels. */
  public selecting(labels: Labels): T[] {
    const keys = ['', ...Object.entries(labels).map(keyOf)];
    return keys.flatMap((key) => (this.filed.get(key) ?? []).filter(({ selector }) => selects(selector, labels)));
  }
}

/** Finds the labelled items that a selector selects, by the pair of it that the fewest have. */
export class LabelIndex<T extends { readonly labels: Labels }> {
  private readonly byPair = new Map<string, T[]>();

  public constructor(private readonly items: readonly T[]) {
    for (const item of items) {
      for (const pair of Object.entries(item.labels)) {
        const list = this.byPair.get(keyOf(pair));
        if (list === undefined) this.byPair.set(keyOf(pair), [item]);
        else list.push(item);
      }
    }
  }

  public selectedBy(selector: Selector): T[] {
    const lists = selector.pairs.map((pair) => this.byPair.get(keyOf(pair)) ?? []);
    const candidates = lists.reduce<readonly T[]>((a, b) => (b.length < a.length ? b : a), this.items);
    return candidates.filter(({ labels }) => selects(selector, labels));
  }
}

function rank(frequency: ReadonlyMap<string, number>, key: string): number {
  return frequency.get(key) ?? 0;
}

/** No label's key or value holds a NUL. */
function keyOf([key, value]: readonly [string, string]): string {
  return `${key}\0${value}`;
}
