// Compares our admission proof with the real API server on random changes of sound objects.
//   node test/oracles/admission/fuzz.mjs [--count 3000] [--seed 1] [--verbose]
// Needs the library, built, and the control plane of the testbed. Prints every disagreement;
// --verbose also those that are known.
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../testbed/control-plane.mjs';
import { ApiServer } from '../api-server.mjs';
import { randomSource } from '../random.mjs';
import { fuzz, soundObjects } from './run.mjs';

const { values } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string' }, verbose: { type: 'boolean' } },
});
const controlPlane = await startControlPlane({
  controllerManager: false,
  apiServerArgs: ['--disable-admission-plugins=ServiceAccount,Priority'],
});
const server = new ApiServer(controlPlane);
try {
  await server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tars' } });
  const random = randomSource(Number(values.seed ?? 1));
  const started = performance.now();
  const { cases, refused, disagreements, excused } = await fuzz(
    server,
    soundObjects(),
    random,
    Number(values.count ?? 3000),
  );
  for (const { what, why } of disagreements) console.log(`${what}\n  ${why}`);
  for (const [name, whys] of excused) {
    console.log(`excused ${whys.length} times: ${name}`);
    if (values.verbose) for (const why of whys) console.log(`  ${why}`);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${cases} cases, ${refused} of them refused, ${disagreements.length} disagreements, ${seconds.toFixed(0)} s`,
  );
  process.exitCode = disagreements.length > 0 ? 1 : 0;
} finally {
  server.close();
  await controlPlane.stop();
}
