// What a choice costs: selects a second of each strategy, with 10 to 10,000 backends, on one core.
//   npm run bench:balancing
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { LoadBalancer } = require('cdk8s-tars/ops');

const SIZES = [10, 100, 1000, 10_000];
const STRATEGIES = [
  ['round-robin'],
  ['weighted'],
  ['least-connections'],
  ['least-connections', undefined, 3],
  ['random'],
  ['ip-hash'],
  ['ip-hash', 'full'],
  ['ip-hash', 'consistent'],
];
const MILLISECONDS = 300;

const clients = Array.from({ length: 4096 }, (_, index) => `10.${index % 7}.${index >> 4}.${index & 255}`);
const format = new Intl.NumberFormat('en');
// Of processor time, so that what else runs on the machine does not count.
console.log(`selects a second, each recorded as well; ${process.version}, one core\n`);
console.log(`| strategy | ${SIZES.map((size) => `${format.format(size)} backends`).join(' | ')} |`);
console.log(`|---|${SIZES.map(() => '---:').join('|')}|`);
for (const [strategy, hash, underWay] of STRATEGIES) {
  const rates = SIZES.map((size) => format.format(rate(strategy, hash, size, underWay)));
  const details = [hash, underWay && `${underWay} requests under way on each`].filter(Boolean);
  console.log(`| ${[strategy, ...details].join(', ')} | ${rates.join(' | ')} |`);
}

/** The best of three runs: what else the machine does only ever makes it slower. */
function rate(strategy, hash, size, underWay = 0) {
  const balancer = new LoadBalancer(strategy, { clock: Date.now, random: Math.random, ...(hash && { hash }) });
  for (let index = 0; index < size; index++) balancer.addBackend(`b${index}`, '127.0.0.1', index + 1, 1 + (index % 5));
  const open = Array.from({ length: underWay * size }, () => balancer.selectBackend());
  // Warm: the circle is made, the code is compiled.
  select(balancer, open, 50);
  return Math.max(...[1, 2, 3].map(() => select(balancer, open, MILLISECONDS)));
}

/** With requests under way each ends when as many others have begun. */
function select(balancer, open, milliseconds) {
  const started = process.cpuUsage();
  let done = 0;
  let used;
  do {
    // The processor's clock is asked now and then only.
    for (let batch = 0; batch < 64; batch++, done++) {
      const backend = balancer.selectBackend(clients[done & 4095]);
      const place = done % Math.max(1, open.length);
      balancer.recordRequest(open[place] ?? backend, 5, true);
      if (open.length > 0) open[place] = backend;
    }
    const { user, system } = process.cpuUsage(started);
    used = (user + system) / 1000;
  } while (used < milliseconds);
  return Math.round((done / used) * 1000);
}
