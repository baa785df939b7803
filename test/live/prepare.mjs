// @ts-check
// Builds every image that the node of `run.mjs kubernetes` needs, and writes which file holds which:
//   node test/live/prepare.mjs FILE
// With TARS_LIVE_IMAGES=FILE that run needs no engine, so that one of `run.mjs compose` can have it meanwhile.
import { writeFileSync } from 'node:fs';
import { engineDown } from '../testbed/engine/engine.mjs';
import { readMachine } from '../testbed/machine/state.mjs';
import { nodeImages } from './kubernetes/images.mjs';
import { build, makeProject } from './project.mjs';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node test/live/prepare.mjs FILE');
  process.exit(2);
}

build();
const ranBefore = readMachine('engine') !== undefined;
const project = makeProject();
try {
  const images = await nodeImages(project.directory, (line) => console.log(line));
  writeFileSync(file, JSON.stringify(images, undefined, 2));
} finally {
  project.remove();
  if (!ranBefore) {
    await engineDown();
  }
}
