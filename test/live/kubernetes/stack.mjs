// @ts-check
import { join } from 'node:path';
import { settings } from '../settings.mjs';
import { projectAt } from '../project.mjs';
import { renewVolumes } from './volumes.mjs';
import { apply, kubectl, namespace, rolledOut } from './cluster.mjs';

/** The project of this run. */
export const project = projectAt(settings.project);

/** Its manifests. */
export const manifests = join(settings.project, 'dist');

/** Sees to it that the stack runs, with the manifests as they are now. */
export async function stackUp() {
  await apply(manifests);
  await rolledOut();
}

/** Takes it away with all its data. */
export async function stackDown() {
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=600s']);
  if (settings.own) {
    await renewVolumes();
  }
}

/**
 * Another choice of the chart's properties for the time of some tests: synthesized, applied, rolled out.
 * What it adds is left in place, so that only its owner can take it away; `stackRestored` brings back what
 * main.ts ships.
 *
 * @param {string} props source text of the properties
 */
export async function stackWith(props) {
  project.synth(props);
  await stackUp();
}

/** The stack as it is shipped. */
export async function stackRestored() {
  project.synth();
  await stackUp();
}
