// @ts-check
// Optional services, switched on and off by profile: every combination of the two.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { settings } from '../settings.mjs';
import { allHealthy, places, removeAll, target, up } from './stack.mjs';
import { containers } from './containers.mjs';
import { compose } from './docker.mjs';
import { stackModel } from './model.mjs';

const model = stackModel();

/** @type {{ composeName: string, profiles: string[] }[]} */
const services = model.services;
const profiles = [...new Set(services.flatMap((service) => service.profiles))].sort();
const combinations = profiles.reduce(
  (/** @type {string[][]} */ sets, profile) => [...sets, ...sets.map((set) => [...set, profile])],
  [[]],
);

describe('COMPOSE_PROFILES', () => {
  before(() => up());

  for (const set of combinations) {
    test(`starts what is in it: ${set.join(',') || 'none'}`, async () => {
      // From nothing where there is time; else optional services alone are taken away and started.
      await (settings.full ? removeAll() : removeOptional());
      await up([], { env: { COMPOSE_PROFILES: set.join(',') } });
      const expected = services.filter((service) => isOn(service, set)).map(({ composeName }) => composeName);
      const found = new Set((await containers()).map(({ service }) => service));
      assert.deepEqual(
        services.map(({ composeName }) => composeName).filter((name) => found.has(name)),
        expected,
      );
      assert.ok(await allHealthy());
      const { status, body } = await ask(target, `${places.api}/api/chat`, { method: 'POST', body: { message: 'hello' } });
      assert.equal(status, 200, body);
    });
  }
});

/**
 * @param {{ profiles: string[] }} service
 * @param {readonly string[]} set
 */
function isOn(service, set) {
  return service.profiles.length === 0 || service.profiles.some((profile) => set.includes(profile));
}

async function removeOptional() {
  const optional = services.filter((service) => service.profiles.length > 0).map(({ composeName }) => composeName);
  await compose(['--profile', '*', 'rm', '--stop', '--force', ...optional]);
}
