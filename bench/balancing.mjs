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
for (const [strategy, hash] of STRATEGIES) {
  const rates = SIZES.map((size) => format.format(rate(strategy, hash, size)));
  console.log(`| ${strategy}${hash === undefined ? '' : `, ${hash}`} | ${rates.join(' | ')} |`);
}

/** The best of three runs: what else the machine does only ever makes it slower. */
function rate(strategy, hash, size) {
  const balancer = new LoadBalancer(strategy, { clock: Date.now, random: Math.random, ...(hash && { hash }) });
  for (let index = 0; index < size; index++) balancer.addBackend(`b${index}`, '127.0.0.1', index + 1, 1 + (index % 5));
  // Warm: the circle is made, the code is compiled.
  select(balancer, 50);
  return Math.max(...[1, 2, 3].map(() => select(balancer, MILLISECONDS)));
}

function select(balancer, milliseconds) {
  const started = process.cpuUsage();
  let done = 0;
  let used;
  do {
    // The processor's clock is asked now and then only.
    for (let batch = 0; batch < 64; batch++, done++) {
      const backend = balancer.selectBackend(clients[done & 4095]);
      balancer.recordRequest(backend, 5, true);
    }
    const { user, system } = process.cpuUsage(started);
    used = (user + system) / 1000;
  } while (used < milliseconds);
  return Math.round((done / used) * 1000);
}
