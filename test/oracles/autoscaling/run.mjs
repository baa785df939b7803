// The autoscaler's engine and the HorizontalPodAutoscaler's controller, at length.
//   npm run oracle:autoscaling -- [--count N] [--seed N]
import { parseArgs } from 'node:util';
import { compareScenarios } from './compare.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
console.log(`${count} scenarios from seed ${seed}`);
const { steps, rescales, reasons, differ } = await compareScenarios(seed, count);
console.log(`${steps} steps, ${rescales} changes of the target`);
for (const [reason, times] of [...reasons].sort()) console.log(`  ${reason}: ${times}`);
for (const one of differ.slice(0, 20)) console.log(one);
console.log(`${differ.length} differ`);
if (differ.length > 0) process.exitCode = 1;
