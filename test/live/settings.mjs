// @ts-check

/**
 * What the runner tells a suite. By hand: TARS_LIVE_PROJECT is a project that `makeProject` has made, and
 * on a machine of your own its address is in TARS_LIVE_ADDRESS.
 */
export const settings = {
  /** The folder of the project that all suites of a run share. */
  project: process.env.TARS_LIVE_PROJECT ?? '',
  /** Whether the cluster or the engine is the testbed's. */
  own: process.env.TARS_LIVE_OWN === '1',
  /** Whether minutes may be taken. */
  full: process.env.TARS_LIVE_FULL === '1',
  /** Where whatever serves the host names is. */
  address: process.env.TARS_LIVE_ADDRESS,
};
