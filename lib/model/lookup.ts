/**
 * A function of a frozen value that is computed once for each value, and forgotten with it: what would
 * be searched for again and again is indexed once. The same value gives the same answer, so nobody sees
 * that it is remembered.
 */
export function rememberedFor<K extends object, V>(compute: (value: K) => V): (value: K) => V {
  const known = new WeakMap<K, { readonly answer: V }>();
  return (value) => {
    const found = known.get(value) ?? { answer: compute(value) };
    known.set(value, found);
    return found.answer;
  };
}

/** Items by key, in order; those without one are left out. */
export function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The first item of each key. */
export function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const firsts = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!firsts.has(key)) firsts.set(key, item);
  }
  return firsts;
}
