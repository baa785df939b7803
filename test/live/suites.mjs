// @ts-check

/**
 * One file of tests against a running stack.
 *
 * @typedef {object} Suite
 * @property {'kubernetes' | 'compose'} target
 * @property {string} name
 * @property {boolean} [full] runs only when all are asked for, since it takes minutes
 * @property {boolean} [own] needs the testbed's own machine: it looks into it, or changes it
 */

/**
 * In the order in which they run. All of a target share one stack: a suite finds it running, with what
 * main.ts ships, and leaves it so (stack.mjs of the target). `start` is the first, since it is what
 * brings the stack up from nothing.
 *
 * @type {readonly Suite[]}
 */
export const suites = [
  { target: 'kubernetes', name: 'start' },
  { target: 'kubernetes', name: 'quota', own: true },
  { target: 'kubernetes', name: 'reachability', own: true },
  { target: 'kubernetes', name: 'policies', full: true, own: true },
  { target: 'kubernetes', name: 'exposure' },
  { target: 'kubernetes', name: 'downtime' },
  { target: 'kubernetes', name: 'changes' },
  { target: 'kubernetes', name: 'data' },
  { target: 'kubernetes', name: 'operations' },
  { target: 'kubernetes', name: 'oncall' },
  { target: 'kubernetes', name: 'logs' },
  { target: 'kubernetes', name: 'commands' },
  { target: 'kubernetes', name: 'failures' },
  { target: 'kubernetes', name: 'interrupts' },
  { target: 'kubernetes', name: 'sessions' },
  { target: 'kubernetes', name: 'scaling', full: true },
  { target: 'kubernetes', name: 'rollout', full: true, own: true },
  { target: 'kubernetes', name: 'migration-failure', full: true, own: true },
  { target: 'kubernetes', name: 'migration', full: true, own: true },
  { target: 'kubernetes', name: 'crash', full: true, own: true },
  { target: 'kubernetes', name: 'upgrade', full: true },
  { target: 'kubernetes', name: 'doctor', full: true },
  { target: 'compose', name: 'refusals' },
  { target: 'compose', name: 'start' },
  { target: 'compose', name: 'smoke' },
  { target: 'compose', name: 'networks', own: true },
  { target: 'compose', name: 'develop' },
  { target: 'compose', name: 'scale' },
  { target: 'compose', name: 'autoscale' },
  { target: 'compose', name: 'operations' },
  { target: 'compose', name: 'recover' },
  { target: 'compose', name: 'image' },
  { target: 'compose', name: 'profiles', full: true },
  { target: 'compose', name: 'data' },
  { target: 'compose', name: 'doctor', full: true },
  { target: 'compose', name: 'variants', full: true },
];

/** @param {Suite} suite */
export function fileOf({ target, name }) {
  return new URL(`${target}/${name}.test.mjs`, import.meta.url);
}
