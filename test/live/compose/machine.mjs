// @ts-check
import { join } from 'node:path';
import { binaryPath } from '../../testbed/binaries.mjs';
import { engineInside, engineUp } from '../../testbed/engine/engine.mjs';
import { provideStandIns } from '../../testbed/images/images.mjs';
import { run } from '../../testbed/run.mjs';

/**
 * The testbed's engine with the images that Compose would pull, or the engine of DOCKER_HOST. What the
 * project builds is left to Compose.
 *
 * @param {string} project
 * @param {(line: string) => void} report
 * @returns {Promise<import('../machine.mjs').Machine>} ports on 127.0.0.1 are those of the engine's own network
 */
export async function engineMachine(project, report) {
  if (process.env.DOCKER_HOST !== undefined) {
    report(`the engine of ${process.env.DOCKER_HOST}`);
    return { env: { TARS_LIVE_ADDRESS: '127.0.0.1' }, down: () => removeStack('docker', {}, project) };
  }
  const access = await engineUp();
  report('the engine is up');
  await provideStandIns(access, report);
  return {
    env: { ...access, TARS_LIVE_OWN: '1', TARS_LIVE_ADDRESS: '127.0.0.1' },
    enter: engineInside,
    down: () => removeStack(binaryPath('docker'), access, project),
  };
}

/**
 * @param {string} docker
 * @param {Readonly<Record<string, string>>} env
 * @param {string} project
 */
async function removeStack(docker, env, project) {
  const file = join(project, 'compose', 'docker-compose.yml');
  const { code, stderr } = await run(docker, ['compose', '-f', file, 'down', '--volumes', '--remove-orphans'], {
    env: { .../** @type {Record<string, string>} */ (process.env), ...env },
  });
  if (code !== 0) {
    throw new Error(`the stack stays: ${stderr}`);
  }
}
