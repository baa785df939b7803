// @ts-check
import { binaryPath } from '../../testbed/binaries.mjs';
import { importImages, nodeAddress, nodeUp } from '../../testbed/node/node.mjs';
import { run } from '../../testbed/run.mjs';
import { namespace } from './cluster.mjs';
import { nodeImages } from './images.mjs';

/**
 * The testbed's node with every image of the stack, or the cluster of KUBECONFIG.
 *
 * @param {string} project
 * @param {(line: string) => void} report
 * @returns {Promise<import('../machine.mjs').Machine>}
 */
export async function clusterMachine(project, report) {
  if (process.env.KUBECONFIG !== undefined) {
    report(`the cluster of ${process.env.KUBECONFIG}`);
    return { env: {}, down: () => removeStack('kubectl', {}) };
  }
  const access = await nodeUp();
  report('the node is up');
  await importImages(await nodeImages(project, report));
  report('images are on the node');
  return {
    env: { ...access, TARS_LIVE_OWN: '1', TARS_LIVE_ADDRESS: nodeAddress },
    down: () => removeStack(binaryPath('kubectl'), access),
  };
}

/**
 * @param {string} kubectl
 * @param {Readonly<Record<string, string>>} env
 */
async function removeStack(kubectl, env) {
  const { code, stderr } = await run(kubectl, ['delete', 'namespace', namespace, '--ignore-not-found'], {
    env: { .../** @type {Record<string, string>} */ (process.env), ...env },
  });
  if (code !== 0) {
    throw new Error(`the stack stays: ${stderr}`);
  }
}
