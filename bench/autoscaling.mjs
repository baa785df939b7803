// How fast the autoscaler is played: a day in steps of 15 s, and a search among policies.
//
//   npm run bench:autoscaling [-- ROUNDS]
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { generatedLoad, readHpa, simulateHpa } = require('../build/lib/ops.js');

const rounds = Number(process.argv[2] ?? 20);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('usage: npm run bench:autoscaling -- ROUNDS');

const rules = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] };
const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } }];
for (const maxReplicas of [10, 100]) {
  const spec = readHpa({ minReplicas: 2, maxReplicas, metrics, behavior: { scaleUp: rules, scaleDown: rules } });
  const day = generatedLoad('day', maxReplicas * 60, 86_400);
  const times = Array.from({ length: rounds + 3 }, () => {
    const start = performance.now();
    const used = process.cpuUsage();
    simulateHpa(spec, day);
    const { user, system } = process.cpuUsage(used);
    return { wall: performance.now() - start, cpu: (user + system) / 1000 };
  });
  const middle = (of) => {
    const sorted = times
      .slice(3)
      .map(of)
      .sort((a, b) => a - b);
    return sorted[Math.floor(rounds / 2)].toFixed(1);
  };
  console.log(
    `a day, up to ${maxReplicas} replicas: ${middle(({ wall }) => wall)} ms (median of ${rounds}), ` +
      `${middle(({ cpu }) => cpu)} ms of a processor; the first ${times[0].wall.toFixed(1)} ms`,
  );
}
