// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run } from '../testbed/run.mjs';
import { until } from '../testbed/wait.mjs';

/** @typedef {{ code: string, object: string, affected: string[], evidence: string[], remedies: string[] }} Finding */

/**
 * A fault, put into the running stack.
 *
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} code
 * @property {string} object that has it
 * @property {RegExp} [cause] what the finding has to say
 * @property {() => Promise<unknown>} put
 * @property {() => Promise<unknown>} mend
 */

const deadline = { timeoutMs: 180_000, intervalMs: 1000 };

/**
 * Runs `tars doctor` in a project.
 *
 * @param {'kubernetes' | 'compose'} target
 * @param {string} directory
 * @param {string} path where kubectl and docker are found
 * @returns {Promise<(Finding & { cause: string })[]>}
 */
export async function examine(target, directory, path) {
  const tool = join(directory, 'build', 'lib', 'cli', 'main.js');
  const env = { .../** @type {Record<string, string>} */ (process.env), PATH: path };
  const words = [tool, 'doctor', '--target', target, '-o', 'json'];
  const { code, stdout, stderr } = await run(process.execPath, words, { cwd: directory, env });
  assert.ok(code === 0 || code === 1, `tars doctor ends with ${code}: ${stdout}${stderr}`);
  const { targets } = JSON.parse(stdout);
  assert.equal(targets.length, 1, `one place was looked at: ${stdout}${stderr}`);
  assert.equal(code, targets[0].findings.length === 0 ? 0 : 1, 'the exit code says the same');
  return targets[0].findings;
}

/**
 * Puts a fault into the stack, and expects its true cause to be named, and at no time anything else; then
 * mends it, and expects silence.
 *
 * @param {Fault} fault
 * @param {() => Promise<(Finding & { cause: string })[]>} look
 * @returns {Promise<number>} seconds from the fault to its finding
 */
export async function isNamed({ name, code, object, cause, put, mend }, look) {
  /** @type {string[]} */
  const others = [];
  const began = performance.now();
  /** @type {number} */
  let seconds;
  try {
    await put();
    const found = await until(
      `${name} is named`,
      async () => {
        const findings = await look();
        others.push(
          ...findings.filter((one) => one.code !== code || one.object !== object).map((one) => JSON.stringify(one)),
        );
        return findings.find((one) => one.code === code && one.object === object);
      },
      deadline,
    ).catch((error) => {
      throw new Error(`${error.message}; what was said: ${[...new Set(others)].join('\n') || 'nothing'}`);
    });
    seconds = (performance.now() - began) / 1000;
    if (cause) {
      assert.match(`${found.cause} ${found.evidence.join(' ')}`, cause);
    }
    assert.ok(found.remedies.length > 0);
  } finally {
    await mend();
  }
  assert.deepEqual([...new Set(others)], [], 'nothing else is said at any time');
  await until(
    `nothing is wrong after ${name}`,
    async () => {
      const findings = await look();
      assert.deepEqual(findings, []);
      return true;
    },
    deadline,
  ).catch((error) => {
    throw new Error(`${error.message}: ${error.cause?.message ?? ''}`);
  });
  return seconds;
}
