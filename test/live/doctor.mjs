// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../testbed/run.mjs';
import { until } from '../testbed/wait.mjs';
import { figure } from './figures.mjs';
import { settings } from './settings.mjs';

/**
 * @typedef {object} Finding
 * @property {string} code
 * @property {string} object
 * @property {string} cause
 * @property {string[]} affected
 * @property {string[]} evidence
 * @property {string[]} remedies
 */

/**
 * A fault, put into the running stack.
 *
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} code
 * @property {string} object that has it
 * @property {RegExp} [cause] what the finding has to say
 * @property {boolean} [core] put in by every run, and not only by the one that may take minutes
 * @property {() => Promise<unknown>} put
 * @property {() => Promise<unknown>} mend
 */

/**
 * Something that the stack may do, or be, without being sick.
 *
 * @typedef {object} Health
 * @property {string} name
 * @property {boolean} [core]
 * @property {() => Promise<unknown>} [begin] takes the stack away before, which may be said
 * @property {() => Promise<unknown>} during
 * @property {() => Promise<unknown>} [end] brings back what was before
 */

/** @typedef {() => Promise<Finding[]>} Look */

const deadline = { timeoutMs: 180_000, intervalMs: 1000 };

/**
 * Runs `tars doctor` in a project.
 *
 * @param {'kubernetes' | 'compose'} target
 * @param {string} directory
 * @param {string} path where kubectl and docker are found
 * @returns {Promise<Finding[]>}
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
 * Tests of a target: silence before, each fault by its name, silence after and while nothing is wrong.
 * TARS_LIVE_FAULTS is a pattern of names, of faults and of what is healthy; without one the core is put in, or
 * all where minutes may be taken.
 *
 * @param {object} stack
 * @param {Look} stack.look
 * @param {() => Promise<unknown>} stack.setUp brings up the stack; what is said meanwhile is judged as well
 * @param {() => Promise<unknown>} stack.tearDown
 * @param {readonly string[]} stack.absent what is missing, as it is said, until `setUp` has made it
 * @param {readonly Health[]} stack.healthy
 * @param {readonly Fault[]} stack.faults
 */
export function describeFaults({ look, setUp, tearDown, absent, healthy, faults }) {
  const pattern = process.env.TARS_LIVE_FAULTS;
  const isChosen = (/** @type {{ name: string, core?: boolean }} */ { name, core }) =>
    pattern === undefined ? settings.full || core === true : new RegExp(pattern).test(name);

  const isNotAbsence = (/** @type {Finding} */ { code, object }) =>
    !['TARS7316', 'TARS7318'].includes(code) || !absent.includes(object);

  describe('tars doctor', () => {
    /** @type {Finding[]} */
    let saidAtStart = [];

    before(async () => {
      saidAtStart = await saidDuring(setUp, look);
    });
    after(tearDown);

    test('says nothing while the stack comes up, once something of it is there', () => {
      assert.deepEqual(saidAtStart.filter(isNotAbsence), []);
    });

    test('says nothing of the healthy stack', async () => {
      assert.deepEqual(await look(), []);
    });

    for (const { name, begin, during, end } of healthy.filter(isChosen)) {
      test(`says nothing ${name}`, async () => {
        try {
          await begin?.();
          const said = await saidDuring(during, look);
          assert.deepEqual(begin ? said.filter(isNotAbsence) : said, []);
          assert.deepEqual(await look(), []);
        } finally {
          await end?.();
        }
      });
    }

    /** @type {number[]} */
    const seconds = [];
    for (const fault of faults.filter(isChosen)) {
      test(`names ${fault.name}`, async () => {
        seconds.push(await isNamed(fault, look));
      });
    }

    test('says nothing of the stack when all is mended', async () => {
      assert.deepEqual(await look(), []);
      figure('faults named, and nothing else', seconds.length, 'faults');
      figure('longest from a fault until it is named', Math.max(...seconds), 's');
    });
  });
}

/**
 * Looks again and again while something is done.
 *
 * @param {() => Promise<unknown>} done
 * @param {Look} look
 * @returns {Promise<Finding[]>} what was said
 */
async function saidDuring(done, look) {
  /** @type {Finding[]} */
  const said = [];
  let isOver = false;
  const end = done().finally(() => {
    isOver = true;
  });
  /** Left to the await below, which it reaches only when the looking has ended. */
  end.catch(() => {});
  while (!isOver) {
    said.push(...(await look()));
  }
  await end;
  return said;
}

/**
 * Puts a fault into the stack, and expects its true cause to be named, and at no time anything else; then
 * mends it, and expects silence.
 *
 * @param {Fault} fault
 * @param {Look} look
 * @returns {Promise<number>} seconds from the fault to its finding
 */
async function isNamed(fault, look) {
  const { name, code, cause, put, mend } = fault;
  /** Of what is put in only now. */
  const isMeant = (/** @type {Finding} */ one) => one.code === code && one.object === fault.object;
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
        others.push(...findings.filter((one) => !isMeant(one)).map((one) => JSON.stringify(one)));
        return findings.find(isMeant);
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
