// The picks of LoadBalancer beside those of a real nginx: the same weights, the same clients, the same failures, and
// then the same sequence. One worker, an upstream in a `zone`, backends in this process on ports of the loopback.
import assert from 'node:assert/strict';
import { Agent, createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { nginxVersion, startNginx } from './nginx.mjs';
import { randomSource } from './random.mjs';

const require = createRequire(import.meta.url);
const { LoadBalancer, BalancingError } = require('cdk8s-tars/ops');

const REQUESTS = Number(process.env.BALANCING_REQUESTS ?? 10_000);
const WEIGHTS = [5, 1, 1, 3, 20];
/** Long enough that nothing comes back within a test, unless the test is about that. */
const NEVER_AGAIN = 36_000;
/** Seconds that one is left alone: longer than a round of requests takes, also on a machine that is busy. */
const FOR_A_WHILE = 20;
/** Nobody listens there: a port that no program is given by chance. */
const REFUSING_PORT = 1;

/** Directive of nginx, and what our balancer is made with. */
const STRATEGIES = {
  'round-robin': { directive: '', strategy: 'round-robin', weights: [1, 1, 1, 1, 1] },
  weighted: { directive: '', strategy: 'weighted', weights: WEIGHTS },
  'least-connections': { directive: 'least_conn;', strategy: 'least-connections', weights: WEIGHTS },
  'ip-hash': { directive: 'ip_hash;', strategy: 'ip-hash', weights: WEIGHTS },
  'ip-hash, full': { directive: 'hash $remote_addr;', strategy: 'ip-hash', hash: 'full', weights: WEIGHTS },
  'ip-hash, consistent': {
    directive: 'hash $remote_addr consistent;',
    strategy: 'ip-hash',
    hash: 'consistent',
    weights: WEIGHTS,
  },
};

/** Upstreams of each strategy: one where all is well, and those where backends fail. */
const KINDS = {
  sound: { maxFails: 1, failTimeout: NEVER_AGAIN, keepalive: true },
  // The same once more: an upstream remembers.
  busy: { maxFails: 1, failTimeout: NEVER_AGAIN, keepalive: true },
  // Never left alone: only the order is changed by what failed.
  patient: { maxFails: 0, failTimeout: 10 },
  // Some weight is lost with each failure, and given back in each round; weights so large that it can be less than
  // all of it, and failures so many that none is left alone.
  failing: { maxFails: 2000, failTimeout: NEVER_AGAIN, finer: 1000 },
  // Left alone for good after five.
  strict: { maxFails: 5, failTimeout: NEVER_AGAIN },
  // Left alone, and tried again.
  recovering: { maxFails: 2, failTimeout: FOR_A_WHILE },
  // The second refuses connections.
  refusing: { maxFails: 1, failTimeout: NEVER_AGAIN, refused: 1 },
};

/** @type {{ port: number, close: () => void, server: import('node:http').Server }[]} */
let backends = [];
/** @type {Awaited<ReturnType<typeof startNginx>>} */
let nginx;
/** Answers that wait for `finish`, by the number of the request. @type {Map<string, () => void>} */
const held = new Map();
/** @type {(arrived: string) => void} */
let onArrival = () => undefined;
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

before(async () => {
  backends = await Promise.all(WEIGHTS.map((_, index) => startBackend(index)));
  nginx = await startNginx(configuration);
  console.log(`nginx ${nginxVersion()}, ${REQUESTS} requests a case`);
});

after(async () => {
  agent.destroy();
  await nginx?.stop();
  for (const { server } of backends) {
    server.closeAllConnections();
    server.close();
  }
});

/** @param {number} index */
function startBackend(index) {
  const server = createServer((incoming, answer) => {
    const { searchParams } = new URL(incoming.url ?? '/', 'http://backend');
    const fails = (searchParams.get('fail') ?? '').split(',').includes(String(index));
    answer.statusCode = fails ? 500 : 200;
    const hold = searchParams.get('hold');
    if (hold === null) return answer.end('x');
    held.set(hold, () => answer.end('x'));
    onArrival(hold);
  });
  server.keepAliveTimeout = 0;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port, server }));
  });
}

/** @param {number} port */
function configuration(port) {
  const upstreams = Object.entries(STRATEGIES).flatMap(([name, { directive, weights }]) =>
    Object.entries(KINDS).map(([kind, settings]) => upstream(`${slug(name)}_${kind}`, directive, weights, settings)),
  );
  upstreams.push(upstream('random_sound', 'random;', WEIGHTS, KINDS.sound));
  return `
proxy_http_version 1.1;
proxy_read_timeout 1h;
proxy_set_header Connection "";
proxy_next_upstream error timeout http_500;
set_real_ip_from 127.0.0.0/8;
real_ip_header X-Forwarded-For;
${upstreams.map(({ text }) => text).join('\n')}
server {
  listen 127.0.0.1:${port};
  add_header X-Picks $upstream_addr always;
  ${upstreams.map(({ name }) => `location /${name}/ { proxy_pass http://${name}; }`).join('\n  ')}
}`;
}

function upstream(name, directive, weights, { maxFails, failTimeout, keepalive, refused, finer = 1 }) {
  const servers = weights.map(
    (weight, index) =>
      `server 127.0.0.1:${portOf(index, refused)} weight=${weight * finer} max_fails=${maxFails} fail_timeout=${failTimeout}s;`,
  );
  const text = `upstream ${name} { zone ${name} 256k; ${directive} ${servers.join(' ')} ${keepalive ? 'keepalive 64;' : ''} }`;
  return { name, text };
}

const slug = (/** @type {string} */ name) => name.replace(/\W+/g, '_');
const portOf = (/** @type {number} */ index, /** @type {number | undefined} */ refused) =>
  index === refused ? REFUSING_PORT : backends[index].port;

/** Our balancer with the settings of an upstream. */
function ours(name, kind) {
  const { strategy, hash, weights } = STRATEGIES[name];
  const { maxFails, failTimeout, refused, finer = 1 } = KINDS[kind];
  const options = { clock: Date.now, random: Math.random, maxFails, failTimeoutSeconds: failTimeout };
  const balancer = new LoadBalancer(strategy, { ...options, ...(hash === undefined ? {} : { hash }) });
  weights.forEach((weight, index) => {
    balancer.addBackend(String(index), '127.0.0.1', portOf(index, refused), weight * finer);
  });
  return balancer;
}

/** One request through nginx: which backends it asked, and whether it found one. */
function throughNginx(name, kind, { client, fail = [], hold } = {}) {
  const query = new URLSearchParams({
    ...(fail.length === 0 ? {} : { fail: fail.join(',') }),
    ...(hold === undefined ? {} : { hold }),
  });
  return get(`/${slug(name)}_${kind}/?${query}`, client);
}

function get(path, client) {
  return new Promise((resolve, reject) => {
    const headers = client === undefined ? {} : { 'X-Forwarded-For': client };
    const sent = request({ host: '127.0.0.1', port: nginx.port, path, agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        const picks = String(answer.headers['x-picks']).split(/, | : /);
        // With nobody left nginx adds the name of the upstream.
        resolve({ picks: picks.filter((pick) => pick.includes(':')), status: answer.statusCode });
      });
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** The same request as our balancer would have sent it: to the next one as long as it fails. */
function throughOurs(balancer, { client, fails }) {
  const picks = [];
  let lease;
  for (;;) {
    try {
      lease = balancer.acquire({ clientIp: client, ...(lease === undefined ? {} : { retryOf: lease }) });
    } catch (error) {
      assert.ok(error instanceof BalancingError && error.code === 'NoBackendAvailable', error);
      return picks;
    }
    picks.push(`${lease.backend.host}:${lease.backend.port}`);
    const success = !fails(Number(lease.backend.id));
    lease.release({ success });
    if (success) return picks;
  }
}

/** Addresses as they come from everywhere: the same client now and then, IPv4 and IPv6. */
function clients(random) {
  const known = Array.from({ length: 300 }, () => anyAddress(random));
  return () => (random.chance(0.3) ? random.pick(known) : anyAddress(random));
}

function anyAddress(random) {
  if (random.chance(0.5)) return Array.from({ length: 4 }, () => random.below(256)).join('.');
  const groups = Array.from({ length: 8 }, () => (random.chance(0.3) ? 0 : random.below(65_536)).toString(16));
  return random.chance(0.2) ? `2001:db8::${groups[7]}` : groups.join(':');
}

/** Compares a run, request by request; says which was the first that differed. */
async function compare(
  name,
  kind,
  { count = REQUESTS, seed = 1, balancer = ours(name, kind), failing = () => [] } = {},
) {
  const random = randomSource(seed);
  const nextClient = clients(random);
  const refused = KINDS[kind].refused;
  const asked = new Map();
  let nobody = 0;
  let retried = 0;
  for (let index = 0; index < count; index++) {
    const client = nextClient();
    const fail = failing(random);
    const theirs = await throughNginx(name, kind, { client, fail });
    const mine = throughOurs(balancer, { client, fails: (one) => fail.includes(one) || one === refused });
    assert.deepEqual(mine, theirs.picks, `request ${index} of ${client}, failing: ${fail.join(',') || 'none'}`);
    for (const pick of mine) asked.set(pick, (asked.get(pick) ?? 0) + 1);
    if (theirs.status === 502) nobody++;
    if (mine.length > 1) retried++;
  }
  return { asked, nobody, retried };
}

for (const name of Object.keys(STRATEGIES)) {
  test(`${name}: the same sequence`, async () => {
    const { asked } = await compare(name, 'sound');
    assert.equal(asked.size, WEIGHTS.length);
  });

  for (const kind of ['patient', 'failing']) {
    test(`${name}: the same sequence while backends fail (${kind})`, async () => {
      const failing = (random) => WEIGHTS.flatMap((_, index) => (random.chance(0.06) ? [index] : []));
      const { retried } = await compare(name, kind, { seed: 2, failing });
      assert.ok(retried > REQUESTS / 100, `${retried} requests were sent again`);
    });
  }

  test(`${name}: the same sequence until nobody is left`, async () => {
    const failing = (random) => WEIGHTS.flatMap((_, index) => (random.chance(0.2) ? [index] : []));
    const { nobody } = await compare(name, 'strict', { count: Math.min(REQUESTS, 3000), seed: 3, failing });
    assert.ok(nobody > 0, 'all of them were left alone in the end');
  });

  test(`${name}: the same sequence with one that refuses`, async () => {
    const { asked } = await compare(name, 'refusing', { seed: 4 });
    assert.equal(asked.get(`127.0.0.1:${REFUSING_PORT}`), 1);
  });
}

test('those left alone are tried again after their time, and stay or go', async () => {
  // All strategies at once, since most of it is waiting.
  await Promise.all(
    Object.keys(STRATEGIES).map(async (name) => {
      const balancer = ours(name, 'recovering');
      const run = (seed, failing) => compare(name, 'recovering', { count: 150, seed, balancer, failing });
      const down =
        (...indexes) =>
        () =>
          indexes;
      await run(5, down(0, 4));
      await wait((FOR_A_WHILE + 2) * 1000);
      // One is sound again, the other is not.
      await run(6, down(4));
      await wait((FOR_A_WHILE + 2) * 1000);
      await run(7, down());
    }),
  );
});

test('least-connections: the same sequence while requests are under way', async () => {
  const name = 'least-connections';
  const random = randomSource(8);
  const balancer = ours(name, 'busy');
  /** @type {{ id: string, done: Promise<{ picks: string[] }>, lease: import('cdk8s-tars/ops').Lease }[]} */
  const open = [];
  let most = 0;
  for (let step = 0; step < 2 * REQUESTS; step++) {
    // Rising and falling, so that it is full and empty several times.
    const rising = Math.floor(step / 150) % 2 === 0 ? 0.7 : 0.3;
    if (open.length === 0 || (open.length < 60 && random.chance(rising))) {
      const id = String(step);
      const arrived = new Promise((resolve) => (onArrival = resolve));
      const done = throughNginx(name, 'busy', { hold: id });
      assert.equal(await arrived, id);
      open.push({ id, done, lease: balancer.acquire() });
    } else {
      const [{ id, done, lease }] = open.splice(random.below(open.length), 1);
      held.get(id)?.();
      held.delete(id);
      const { picks } = await done;
      assert.deepEqual([`127.0.0.1:${lease.backend.port}`], picks, `request ${id}`);
      lease.release();
    }
    most = Math.max(most, open.length);
  }
  for (const { id, done, lease } of open) {
    held.get(id)?.();
    assert.deepEqual([`127.0.0.1:${lease.backend.port}`], (await done).picks, `request ${id}`);
    lease.release();
  }
  assert.ok(most > 20, `at most ${most} were under way`);
  assert.equal(balancer.getClusterStats().connections, 0);
});

test('random: both draw by the weights', async () => {
  const random = randomSource(9);
  const balancer = new LoadBalancer('random', { clock: Date.now, random: random.next });
  WEIGHTS.forEach((weight, index) => balancer.addBackend(String(index), '127.0.0.1', backends[index].port, weight));
  const counts = { nginx: new Map(), ours: new Map() };
  for (let index = 0; index < REQUESTS; index++) {
    const { picks } = await get('/random_sound/', undefined);
    counts.nginx.set(picks[0], (counts.nginx.get(picks[0]) ?? 0) + 1);
    const mine = `127.0.0.1:${balancer.selectBackend().port}`;
    counts.ours.set(mine, (counts.ours.get(mine) ?? 0) + 1);
  }
  // Four degrees of freedom: a fair draw is above it once in a million runs.
  const LIMIT = 33.4;
  for (const [who, drawn] of Object.entries(counts)) {
    const chi = chiSquare(drawn);
    console.log(`random, ${who}: chi-square ${chi.toFixed(2)} with 4 degrees of freedom`);
    assert.ok(chi < LIMIT, `${who}: ${chi}`);
  }
});

/** @param {Map<string, number>} drawn */
function chiSquare(drawn) {
  const total = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  return WEIGHTS.reduce((sum, weight, index) => {
    const expected = (REQUESTS * weight) / total;
    return sum + ((drawn.get(`127.0.0.1:${backends[index].port}`) ?? 0) - expected) ** 2 / expected;
  }, 0);
}
