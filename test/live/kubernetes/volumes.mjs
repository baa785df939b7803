// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { kubectl } from './cluster.mjs';

/**
 * Empties the volumes of the testbed's node that nobody claims any more, as a provisioner would do:
 * there are only so many.
 */
export async function renewVolumes() {
  const { items } = JSON.parse(await kubectl(['get', 'persistentvolumes', '-o', 'json']));
  for (const { metadata, spec, status } of items) {
    if (status.phase === 'Released') {
      rmSync(spec.local.path, { recursive: true, force: true });
      mkdirSync(spec.local.path, { recursive: true });
      await kubectl(['patch', 'persistentvolume', metadata.name, '--type=json', '-p', releasePatch]);
    }
  }
}

const releasePatch = JSON.stringify([{ op: 'remove', path: '/spec/claimRef' }]);
