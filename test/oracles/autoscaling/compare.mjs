// Random scenarios, said by the engine and by the controller's own code.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { binaryPath } from '../../testbed/binaries.mjs';
import { randomSource } from '../random.mjs';
import { playScenario } from './scenarios.mjs';

/**
 * @param {number} seed of the first scenario; each that follows has the next
 * @param {number} count of scenarios
 * @returns {Promise<{ steps: number, rescales: number, reasons: Map<string, number>, differ: string[] }>}
 */
export async function compareScenarios(seed, count) {
  const oracle = spawn(binaryPath('hpa-oracle'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    oracle.once('error', reject);
    oracle.once('close', resolve);
  });
  const waiting = [];
  const result = { steps: 0, rescales: 0, reasons: new Map(), differ: [] };
  const reading = (async () => {
    for await (const line of createInterface({ input: oracle.stdout })) {
      const { of, said } = waiting.shift();
      judge(result, of, said, JSON.parse(line));
    }
  })();
  for (let index = 0; index < count; index += 1) {
    const { scenario, said } = playScenario(randomSource(seed + index));
    waiting.push({ of: seed + index, said });
    if (!oracle.stdin.write(`${JSON.stringify(scenario)}\n`)) {
      await Promise.race([new Promise((resolve) => oracle.stdin.once('drain', resolve)), ended]);
    }
  }
  oracle.stdin.end();
  const [code] = await Promise.all([ended, reading]);
  if (code !== 0) throw new Error(`the oracle ended with ${code}`);
  if (waiting.length > 0) throw new Error(`the oracle left ${waiting.length} scenarios out`);
  return result;
}

/** The first step of a scenario that differs is told; what follows it follows from it. */
function judge(result, seed, ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`scenario ${seed}: ${theirs.length} steps of ${ours.length}`);
  for (const [index, decision] of ours.entries()) {
    const said = theirs[index];
    const mine = ourWords(decision);
    const yours = theirWords(said, decision);
    result.steps += 1;
    if (said.rescale !== null) result.rescales += 1;
    for (const [type, { status, reason }] of Object.entries(said.conditions)) {
      const key = `${type} ${status} ${reason}`;
      result.reasons.set(key, (result.reasons.get(key) ?? 0) + 1);
    }
    if (mine !== yours) {
      result.differ.push(`scenario ${seed}, step ${index}\n  engine      ${mine}\n  controller  ${yours}`);
      return;
    }
  }
}

function ourWords({ rescale, desiredReplicas, reason, conditions, fails }) {
  return JSON.stringify({
    rescale: rescale ?? null,
    desired: fails ? null : (desiredReplicas ?? null),
    event: rescale === undefined ? null : `SuccessfulRescale: New size: ${rescale}; reason: ${reason}`,
    conditions: sorted(conditions),
  });
}

function theirWords({ rescale, desired, event, conditions }, { desiredReplicas, fails }) {
  return JSON.stringify({
    rescale,
    desired: fails || desiredReplicas === undefined ? null : desired,
    event: rescale === null ? null : event,
    conditions: sorted(conditions),
  });
}

/** Types, states and reasons in one order; the messages of errors are each one's own. */
function sorted(conditions) {
  return Object.entries(conditions)
    .map(([type, { status, reason, message }]) => [
      type,
      status,
      reason,
      /^(Failed|Ambiguous)/.test(reason) ? '' : message,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
