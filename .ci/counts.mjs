// What each kind of runner counted, read from what it wrote.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number, problem?: string }} Counts */

const nothing = { passed: 0, failed: 0, skipped: 0 };

/**
 * A step that is one check: it passes unless its exit code says otherwise.
 * @returns {Counts}
 */
export function countExit() {
  return { ...nothing, passed: 1 };
}

/**
 * Jest's own report, of `--json --outputFile`. A file of tests that does not load is a failure.
 * @param {string} file
 * @returns {Counts}
 */
export function countJest(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { ...nothing, problem: `jest wrote no report (${error instanceof Error ? error.message : error})` };
  }
  return ranSome({
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  });
}

/**
 * The last line of the form "N passed, N failed" or "N passed, N failed, N skipped".
 * @param {string} output
 * @returns {Counts}
 */
export function countPlainLine(output) {
  const last = [...output.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm)].at(-1);
  if (last === undefined) return { ...nothing, problem: 'it printed no line "N passed, N failed"' };
  return ranSome({ passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) });
}

/**
 * The closing lines of `node --test --test-reporter=tap`.
 * @param {string} output
 * @returns {Counts}
 */
export function countNodeTest(output) {
  const number = (/** @type {string} */ key) => {
    const last = [...output.matchAll(new RegExp(`^# ${key} (\\d+)\\s*$`, 'gm'))].at(-1);
    return last === undefined ? undefined : Number(last[1]);
  };
  const [passed, failed, cancelled] = [number('pass'), number('fail'), number('cancelled')];
  if (passed === undefined || failed === undefined) return { ...nothing, problem: 'node --test printed no counts' };
  return ranSome({
    passed,
    failed: failed + (cancelled ?? 0),
    skipped: (number('skipped') ?? 0) + (number('todo') ?? 0),
  });
}

/**
 * @param {Counts} counts
 * @returns {Counts}
 */
function ranSome(counts) {
  return counts.passed + counts.failed === 0 ? { ...counts, problem: 'it ran no test' } : counts;
}
