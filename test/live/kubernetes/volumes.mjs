// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { until } from '../../testbed/wait.mjs';
import { kubectl, namespace } from './cluster.mjs';

/**
 * Empties the volumes of the testbed's node that nobody claims any more, as a provisioner would do:
 * there are only so many.
 */
export async function renewVolumes() {
  // A controller notices that a claim is gone.
  const items = await until('the volumes of the stack are released', async () => {
    const { items: all } = JSON.parse(await kubectl(['get', 'persistentvolumes', '-o', 'json']));
    return all.every((/** @type {any} */ one) => one.spec.claimRef?.namespace !== namespace || isReleased(one)) && all;
  });
  for (const volume of items) {
    const { metadata, spec } = volume;
    if (isReleased(volume)) {
      rmSync(spec.local.path, { recursive: true, force: true });
      mkdirSync(spec.local.path, { recursive: true });
      await kubectl(['patch', 'persistentvolume', metadata.name, '--type=json', '-p', releasePatch]);
    }
  }
}

/** @param {any} volume */
function isReleased({ status }) {
  return status.phase === 'Released';
}

const releasePatch = JSON.stringify([{ op: 'remove', path: '/spec/claimRef' }]);
