// Builds lib/ to build/lib/ (CommonJS): all of it in one file, core.js, since a hundred small files
// take Node longer to load than to run; the command line in another; and a file for each module that
// hands out its part of core.js. Does nothing when nothing changed.
//   node .ci/build.mjs [--types] [--force] [--quiet]
// --types  emits the declarations as well, by tsc; needed for packing only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (!['--types', '--force', '--quiet'].includes(flag))
    fail(`unknown option ${flag}; known are --types, --force, --quiet`);
}

const out = join(root, 'build');
const stampFile = join(out, '.stamp.json');
const shared = { bundle: true, format: 'cjs', platform: 'node', target: 'node20', packages: 'external', write: false };

const started = performance.now();
const sources = [...list('lib', '.ts'), ...list('imports', '.ts')];
const texts = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const inputs = digest();
const before = readStamp();

if (flags.has('--force') || before.inputs !== inputs || !before.outputs.every((file) => existsSync(join(root, file)))) {
  const outputs = await bundle();
  clean(outputs);
  writeStamp({ inputs, outputs, types: undefined });
  say(`built ${outputs.length} files in ${Math.round(performance.now() - started)} ms`);
} else {
  say('nothing to build');
}
if (flags.has('--types')) declarations();

/** One hash over everything that decides the outputs. */
function digest() {
  const hash = createHash('sha256');
  const add = (text) => hash.update(`${Buffer.byteLength(text)}:`).update(text);
  add(readFileSync(fileURLToPath(import.meta.url), 'utf8'));
  add(readFileSync(require.resolve('esbuild/package.json'), 'utf8'));
  for (const [file, text] of texts) {
    add(file);
    add(text);
  }
  return hash.digest('hex');
}

/** Modules of the library by their path below lib/, without the command line. */
function modules() {
  return sources
    .filter((file) => file.startsWith('lib/') && !file.startsWith('lib/cli/') && !file.endsWith('.d.ts'))
    .map((file) => file.slice('lib/'.length, -'.ts'.length));
}

async function bundle() {
  const esbuild = require('esbuild');
  const done = new Map();
  try {
    // Each module is initialized when it is asked for, so that what is not used costs nothing.
    const getters = modules().map((name) => `get ${JSON.stringify(name)}() { return require("./lib/${name}"); },`);
    const stdin = {
      contents: `module.exports = {\n${getters.join('\n')}\n};`,
      resolveDir: root,
      sourcefile: 'core.js',
    };
    const core = await esbuild.build({ ...shared, stdin, outfile: 'core.js' });
    done.set('build/lib/core.js', core.outputFiles[0].text);
    for (const name of modules()) {
      const path = posix.relative(posix.dirname(name), 'core.js');
      done.set(
        `build/lib/${name}.js`,
        `module.exports = require(${JSON.stringify(`./${path}`)})[${JSON.stringify(name)}];\n`,
      );
    }
    if (texts.has('lib/cli/main.ts')) {
      const cli = await esbuild.build({
        ...shared,
        entryPoints: [join(root, 'lib/cli/main.ts')],
        plugins: [fromCore()],
      });
      done.set('build/lib/cli/main.js', cli.outputFiles[0].text);
    }
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    for (const { text, location } of error.errors) {
      console.error(`${location?.file ?? 'lib'}:${location?.line ?? 1}:${location?.column ?? 0}: ${text}`);
    }
    fail('the build failed');
  }
  for (const [target, code] of done) write(target, code);
  nameExports(['index', 'ops', 'plus']);
  return [...done.keys()].sort();
}

/** The command line takes the library's modules from core.js, which is loaded once. */
function fromCore() {
  return {
    name: 'from-core',
    setup(build) {
      build.onResolve({ filter: /^\.\.\/core\.js$/, namespace: 'core' }, () => ({
        path: '../core.js',
        external: true,
      }));
      build.onResolve({ filter: /^\.\.?\//, namespace: 'file' }, ({ path, resolveDir }) => {
        const file = relative(join(root, 'lib'), join(resolveDir, path)).split(sep).join('/');
        return file.startsWith('cli/') ? undefined : { path: file.replace(/\.js$/, ''), namespace: 'core' };
      });
      build.onLoad({ filter: /.*/, namespace: 'core' }, ({ path }) => ({
        contents: `module.exports = require("../core.js")[${JSON.stringify(path)}];`,
        resolveDir: root,
      }));
    },
  };
}

/** ES modules see the names of a CommonJS module only where they are written down. */
function nameExports(entries) {
  for (const entry of entries.filter((name) => texts.has(`lib/${name}.ts`))) {
    const file = join(out, 'lib', `${entry}.js`);
    const names = Object.keys(require(file));
    write(`build/lib/${entry}.js`, `${readFileSync(file, 'utf8')}0 && (module.exports = { ${names.join(', ')} });\n`);
  }
}

/** Declarations by tsc, from the same sources. */
function declarations() {
  if (readStamp().types === inputs && existsSync(join(out, 'lib', 'index.d.ts'))) return say('declarations are fresh');
  for (const file of outputsOnDisk()) if (file.endsWith('.d.ts')) rmSync(join(root, file));
  const tsc = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, '.ci', 'tsconfig.build.json')], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) fail('the declarations failed');
  writeStamp({ ...readStamp(), types: inputs });
  say('declarations written');
}

/** Removes what an earlier build left of sources that are gone. */
function clean(outputs) {
  const keep = new Set(outputs);
  for (const file of outputsOnDisk()) {
    const source = file.replace(/^build\//, '').replace(/\.d\.ts$/, '.ts');
    if (!(keep.has(file) || (file.endsWith('.d.ts') && texts.has(source)))) rmSync(join(root, file));
  }
}

function outputsOnDisk() {
  return [...list('build/lib', ''), ...list('build/imports', '')];
}

/** Files below a folder that end so, as sorted paths from the root with forward slashes. */
function list(folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Writes a file whole or not at all: another process may be loading it. */
function write(file, text) {
  const path = join(root, file);
  const temporary = join(out, `.writing-${process.pid}`);
  mkdirSync(dirname(path), { recursive: true });
  // npx links the program where it lies and starts it.
  writeFileSync(temporary, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  renameSync(temporary, path);
}

function readStamp() {
  try {
    const { inputs, outputs, types } = JSON.parse(readFileSync(stampFile, 'utf8'));
    if (Array.isArray(outputs)) return { inputs, outputs, types };
  } catch {
    // No stamp, or one that cannot be read: build.
  }
  return { inputs: undefined, outputs: [], types: undefined };
}

function writeStamp(stamp) {
  write('build/.stamp.json', `${JSON.stringify(stamp, null, 1)}\n`);
}

function say(text) {
  if (!flags.has('--quiet')) console.log(text);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
