// Transpiles lib/ to build/lib/ (CommonJS, file by file), and those files of imports/ that lib/
// loads at run time. Does nothing when nothing changed.
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
const transform = { format: 'cjs', platform: 'node', target: 'node20', keepNames: true, sourcemap: false };

const started = performance.now();
const sources = [...list('lib', '.ts'), ...list('imports', '.ts')];
const texts = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const inputs = digest();
const before = readStamp();

if (flags.has('--force') || before.inputs !== inputs || !before.outputs.every((file) => existsSync(join(root, file)))) {
  const outputs = await transpile();
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

async function transpile() {
  const esbuild = require('esbuild');
  const done = new Map();
  const queue = sources.filter((file) => file.startsWith('lib/'));
  let failed = false;
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const target = `build/${file.replace(/\.ts$/, '.js')}`;
    if (done.has(target) || file.endsWith('.d.ts')) continue;
    try {
      const { code } = await esbuild.transform(texts.get(file), { ...transform, loader: 'ts', sourcefile: file });
      done.set(target, code);
      // Generated types are large and mostly imported as types alone: build what is loaded.
      for (const [, path] of code.matchAll(/\b(?:require|import)\("(\.[^"]+)"\)/g)) {
        const wanted = posix.join(posix.dirname(file), path.replace(/\.js$/, ''));
        if (wanted.startsWith('imports/') && texts.has(`${wanted}.ts`)) queue.push(`${wanted}.ts`);
      }
    } catch (error) {
      failed = true;
      if (!Array.isArray(error.errors)) throw error;
      for (const { text, location } of error.errors) {
        console.error(`${file}:${location?.line ?? 1}:${location?.column ?? 0}: ${text}`);
      }
    }
  }
  if (failed) fail('the build failed');
  for (const [target, code] of done) write(target, code);
  return [...done.keys()].sort();
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
  writeFileSync(temporary, text);
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
