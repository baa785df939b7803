/** A run of numbers: from the first one, up to and without the end. */
export interface Interval<T extends number | bigint> {
  readonly first: T;
  readonly end: T;
}

/** A set of numbers: sorted runs that neither meet nor overlap. */
export type Intervals<T extends number | bigint> = readonly Interval<T>[];

/** The set of everything that is in one of the runs, however they lie. */
export function unite<T extends number | bigint>(runs: readonly Interval<T>[]): Intervals<T> {
  const sorted = runs
    .filter(({ first, end }) => first < end)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: Interval<T>[] = [];
  for (const run of sorted) {
    const last = result.at(-1);
    if (last === undefined || run.first > last.end) result.push(run);
    else if (run.end > last.end) result[result.length - 1] = { first: last.first, end: run.end };
  }
  return result;
}

/** What is in both sets. */
export function intersect<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const result: Interval<T>[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return result;
    const first = left.first > right.first ? left.first : right.first;
    const end = left.end < right.end ? left.end : right.end;
    if (first < end) result.push({ first, end });
    if (left.end < right.end) i++;
    else j++;
  }
}

/** What is in the first set and not in the second. */
export function subtract<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const result: Interval<T>[] = [];
  let done = 0;
  for (const run of a) {
    let first = run.first;
    // Holes that end before this run ended before the later ones as well.
    while ((b[done]?.end ?? run.end) <= first && done < b.length) done++;
    for (let i = done; i < b.length; i++) {
      const hole = b[i];
      if (hole === undefined || hole.first >= run.end) break;
      if (hole.first > first) result.push({ first, end: hole.first });
      if (hole.end > first) first = hole.end;
    }
    if (first < run.end) result.push({ first, end: run.end });
  }
  return result;
}

/** Whether a number is in the set. */
export function includes<T extends number | bigint>(set: Intervals<T>, value: T): boolean {
  return set.some(({ first, end }) => first <= value && value < end);
}
