/** What rebalancing goes by. */
export interface MeasuredLoad {
  /** What its weight is multiplied with now. */
  readonly factor: number;
  /** Requests of the window. */
  readonly requests: number;
  readonly errorRate: number;
  readonly meanResponseMs: number | undefined;
}

/** With fewer requests than these nothing is known of a backend. */
export const EVIDENCE = 20;
/** The most that one step changes, and that all steps together do. */
const STEP = 2;
const FURTHEST = 4;

/**
 * Factors for the weights by what was measured: who answers in half the mean time, without errors, should
 * get twice its share. One step at most doubles or halves, and no factor leaves 1/4 to 4, so that one bad
 * minute does not starve a backend; who has too few requests keeps its factor.
 */
export function rebalancedFactors(loads: readonly MeasuredLoad[]): readonly number[] {
  const means = loads.flatMap(({ requests, meanResponseMs }) =>
    requests >= EVIDENCE && meanResponseMs !== undefined && meanResponseMs > 0 ? [meanResponseMs] : [],
  );
  // One alone cannot be better or worse than others.
  if (means.length < 2) return loads.map(({ factor }) => factor);
  const mean = means.reduce((sum, ms) => sum + ms, 0) / means.length;
  return loads.map(({ factor, requests, errorRate, meanResponseMs }) => {
    if (requests < EVIDENCE || meanResponseMs === undefined || meanResponseMs <= 0) return factor;
    const wanted = (mean / meanResponseMs) * (1 - errorRate);
    const step = Math.max(factor / STEP, Math.min(factor * STEP, wanted));
    return Math.max(1 / FURTHEST, Math.min(FURTHEST, step));
  });
}
