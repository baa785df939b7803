// @ts-check
// Who reaches whom, measured: from the network of every pod, of strangers and of somebody outside, to every
// port of every component, DNS and the internet, each by a connection that is really tried.
//   TARS_LIVE_MATRIX=FILE keeps what was measured, as JSON
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { actorsOf, goalsOf, otherPort, webPort } from './actors.mjs';
import { computedReachability } from './computed-reachability.mjs';
import { mayConnect } from './expected-reachability.mjs';
import { makeOutside } from './outside.mjs';
import { measureReachability } from './reachability.mjs';
import { stackRestored, stackWith } from './stack.mjs';
import { makeStrangers } from './strangers.mjs';

/** @typedef {import('./actors.mjs').Actor} Actor */
/** @typedef {import('./actors.mjs').Goal} Goal */
/** @typedef {import('cdk8s-tars').SystemModel} SystemModel */

const require = createRequire(import.meta.url);
const { App } = require('cdk8s');
const { subjectOf, synthesize, TarsChart } = require('cdk8s-tars');

/** @type {import('./outside.mjs').Outside} */
let outside;
/** @type {Awaited<ReturnType<typeof makeStrangers>>} */
let strangers;
/** @type {Record<string, import('./reachability.mjs').Matrix>} */
const measured = {};

before(async () => {
  outside = await makeOutside();
  await outside.listen([webPort, otherPort]);
  strangers = await makeStrangers();
});

after(async () => {
  try {
    await stackRestored();
  } finally {
    await strangers.remove();
    await outside.remove();
  }
  if (process.env.TARS_LIVE_MATRIX) {
    writeFileSync(process.env.TARS_LIVE_MATRIX, `${JSON.stringify(measured, undefined, 2)}\n`);
  }
});

describe('as shipped', () => {
  testMatrix('as shipped', {});
});

describe('without a public port, and with a monitoring namespace', () => {
  const props = { backendAccess: 'cluster-ip', monitoringNamespaces: ['observability'] };
  before(() => stackWith(JSON.stringify(props)));
  testMatrix('private', props);
});

describe('with a port that is public for some', () => {
  const props = { allowedCidrs: ['203.0.113.0/28'] };
  before(() => stackWith(JSON.stringify(props)));
  testMatrix('some', props);
});

/**
 * @param {string} name
 * @param {object} props of the chart
 */
function testMatrix(name, props) {
  test('everybody reaches what the model says, and nothing else', async (context) => {
    const app = new App();
    new TarsChart(app, 'tars', props);
    const [model] = /** @type {[SystemModel]} */ (synthesize(app, { dryRun: true }).systems);
    const actors = await actorsOf(model, strangers.pods, outside);
    const goals = await goalsOf(model, outside);
    const expected = expectation(actors, goals, ({ client }, { server }) => mayConnect(model, client, server));
    const computed = expectation(actors, goals, computedReachability(subjectOf(app).emitted));
    /** @type {Record<string, Record<string, string>>} */
    let matrix = {};
    /** @type {string[]} */
    let wrong = [];
    // An enforcer takes a moment to see new pods; whatever is still wrong then is wrong.
    await until('the policies are enforced', async () => {
      matrix = await measureReachability(actors, goals);
      wrong = differences(matrix, expected);
      return wrong.length === 0;
    }).catch(() => {}); // said below, by name
    measured[name] = /** @type {any} */ (matrix);
    const outcomes = Object.values(matrix).flatMap((row) => Object.values(row));
    const open = outcomes.filter((outcome) => outcome === 'open').length;
    context.diagnostic(`${actors.length} sources, ${goals.length} destinations`);
    figure(`connections tried, ${name}`, outcomes.length, 'connections');
    figure(`of them open, ${name}`, open, 'connections');
    assert.deepEqual(wrong, []);
    // What lib/verify computes from the emitted policies is what the model says, and so what was measured.
    assert.deepEqual(computed, expected);
    assert.ok(open > 0 && open < outcomes.length);
  });
}

/**
 * @param {readonly Actor[]} actors
 * @param {readonly Goal[]} goals
 * @param {(actor: Actor, goal: Goal) => boolean} judge
 * @returns {Record<string, Record<string, boolean>>} without what nobody says anything of: a component and
 *   itself, and addresses to which there is no way from outside
 */
function expectation(actors, goals, judge) {
  return Object.fromEntries(
    actors.map((actor) => {
      const { name, pod, client } = actor;
      const judged = goals.filter((goal) => {
        if (client.kind === 'outside') {
          return goal.routedOutside;
        }
        const isItself = client.kind === 'component' && client.spec.name === goal.service;
        return goal.pod !== pod?.metadata.name && !isItself;
      });
      return [name, Object.fromEntries(judged.map((goal) => [goal.id, judge(actor, goal)]))];
    }),
  );
}

/**
 * @param {Record<string, Record<string, string>>} matrix
 * @param {Record<string, Record<string, boolean>>} expected
 */
function differences(matrix, expected) {
  return Object.entries(expected).flatMap(([source, row]) =>
    Object.entries(row)
      .filter(([id, isOpen]) => (matrix[source]?.[id] === 'open') !== isOpen)
      .map(([id, isOpen]) => `${source} -> ${id}: ${matrix[source]?.[id]}, expected ${isOpen ? 'open' : 'not'}`),
  );
}
