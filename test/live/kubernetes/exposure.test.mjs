// @ts-check
// The ways in, each with the smoke test, which knows a URL and nothing of what is behind it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { ask, openSocket } from '../../smoke/client.mjs';
import { describeSystem } from '../../smoke/smoke.mjs';
import { testStreaming } from '../../smoke/streaming.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { get, kubectl, namespace } from './cluster.mjs';
import { serves } from './ingress.mjs';
import { setAnswerTokens, shippedTokens } from './model.mjs';
import { stackRestored, stackWith } from './stack.mjs';

/** @typedef {import('../../smoke/client.mjs').Target} Target */

/** Tokens: an answer of so many is not whole when the first has arrived. */
const longAnswer = 300;
/** How long nobody says anything: with --full longer than the usual time-out of a proxy, a minute. */
const quietSeconds = settings.full ? 150 : 5;

/** @returns {Target} by name, trusting the authority that `tars secrets init` has made, and no other */
function byHostName() {
  return {
    page: 'https://tars.local',
    api: 'https://api.tars.local',
    address: settings.address,
    authority: readFileSync(join(settings.project, 'secrets', 'tls', 'ca.crt'), 'utf8'),
  };
}

describe('the Ingress', () => {
  before(async () => {
    await stackWith('{ tls: { selfSigned: true } }');
    await serves(byHostName());
  });

  describeSystem('by host name, with a certificate', byHostName, { picture: process.env.TARS_SMOKE_PICTURE });
  describeStreaming(byHostName);
  testQuietSocket('the Ingress', byHostName);

  test('serves no other certificate', async () => {
    await assert.rejects(ask({ ...byHostName(), authority: undefined }, 'https://tars.local/'), /certificate/);
  });
});

describe('the Gateway', () => {
  before(async () => {
    await kubectl(['delete', 'ingress', '--all', '--namespace', namespace]);
    await stackWith(
      "{ exposure: 'gateway', ingressClass: 'traefik', controllerNamespaces: ['ingress-nginx'], tls: { selfSigned: true } }",
    );
    await serves(byHostName());
  });
  after(async () => {
    await kubectl(['delete', 'gateway,httproute', '--all', '--namespace', namespace]);
    await stackRestored();
    await kubectl(['delete', 'secret', 'tars-tls-cert', '--namespace', namespace]);
  });

  test('is programmed, and its routes are accepted', async () => {
    // The controller serves before it says so.
    await until('the status says so', async () => {
      const { items: gateways } = await get('gateways');
      assert.deepEqual(
        gateways.flatMap((/** @type {any} */ { status }) => failing(status.conditions)),
        [],
      );
      const { items: routes } = await get('httproutes');
      assert.equal(routes.length, 2);
      for (const { status } of routes) {
        assert.ok(status.parents.length > 0);
        assert.deepEqual(
          status.parents.flatMap((/** @type {any} */ { conditions }) => failing(conditions)),
          [],
        );
      }
      return true;
    });
  });

  describeSystem('by host name, with a certificate', byHostName);
  describeStreaming(byHostName);
  testQuietSocket('the Gateway', byHostName);
});

describe('the load balancer’s node port', () => {
  /** @type {Target} */
  let target;
  /** @type {Target} */
  let sockets;

  before(async () => {
    const { spec } = await get('service', 'tars-backend');
    assert.equal(spec.type, 'LoadBalancer');
    const [http, websocket] = ['http', 'websocket'].map((name) => {
      const { nodePort } = spec.ports.find((/** @type {any} */ port) => port.name === name);
      return `http://${settings.address}:${nodePort}`;
    });
    target = { page: http ?? '', api: http ?? '', address: undefined };
    sockets = { ...target, page: websocket ?? '' };
    await serves(target);
  });

  describeSystem('by address', () => target, { hasPage: false });
  describeStreaming(() => target);
  testQuietSocket('the node port', () => target);

  test('and that of the WebSocket', async () => {
    const socket = await openSocket(sockets, `${sockets.page}/ws/chat`);
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.receive(), { type: 'pong' });
    socket.close();
  });
});

/** @param {() => Target} where */
function describeStreaming(where) {
  describe('with long answers', () => {
    before(() => setAnswerTokens(longAnswer));
    after(() => setAnswerTokens(shippedTokens));
    testStreaming(where);
  });
}

/**
 * @param {string} way
 * @param {() => Target} where
 */
function testQuietSocket(way, where) {
  test(`keeps a WebSocket on which nobody says anything for ${quietSeconds} s`, async () => {
    const target = where();
    const socket = await openSocket(target, `${target.page}/ws/chat`);
    try {
      socket.send({ type: 'ping' });
      assert.deepEqual(await socket.receive(), { type: 'pong' });
      await sleep(quietSeconds * 1000);
      socket.send({ type: 'ping' });
      assert.deepEqual(await socket.receive(), { type: 'pong' });
      figure(`a quiet WebSocket was kept open through ${way}`, quietSeconds, 's');
    } finally {
      socket.close();
    }
  });
}

/**
 * @param {readonly { type: string, status: string, message: string }[]} conditions
 * @returns {string[]}
 */
function failing(conditions) {
  return conditions.filter(({ status }) => status !== 'True').map(({ type, message }) => `${type}: ${message}`);
}
