// Everything that examples/ emits: each app of each example, as `tars synth` would write it.
import { buildSync } from 'esbuild';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const tars = require('cdk8s-tars');
const FOLDER = fileURLToPath(new URL('../../examples/', import.meta.url));

/** `name` is that of the folder; of an environment, `folder --env name`. */
export const EXAMPLES = readdirSync(FOLDER).flatMap((folder) => {
  const { default: app, environments = {} } = load(join(FOLDER, folder, 'main.ts'));
  const apps = [[folder, app], ...Object.entries(environments).map(([name, one]) => [`${folder} --env ${name}`, one])];
  return apps.map(([name, one]) => ({ name, subject: tars.subjectOf(one) }));
});

/** Namespaces that the objects of the examples stand in. */
export const NAMESPACES = [
  ...new Set(
    EXAMPLES.flatMap(({ subject }) => subject.emitted.manifests.map(({ object }) => object.metadata.namespace)),
  ),
].filter((name) => name !== undefined);

/** Runs a program in TypeScript, with the library that was built. */
function load(file) {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    write: false,
  });
  const module = { exports: {} };
  const run = new Function('require', 'module', 'exports', outputFiles[0].text);
  run(createRequire(file), module, module.exports);
  return module.exports;
}
