import type { Plugin } from 'esbuild';
import { createRequire, isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BundledMain } from './bundle';
import { configurationsOf, ownPlace, PLACE } from './bundle-plugins';
import { readText } from './files';
import type { Io } from './io';
import { IMPORT } from './pack-import';

/** Packages that become part of a pack; others stay outside, and must not need these. */
const PACKED = /^(?:cdk8s|constructs|cdk8s-tars|cdk8s-plus-\d+)(?:\/|$)/;

/**
 * Packs the tool, the library, cdk8s and the user's files into one script: Node takes longer to find
 * and compile a hundred files than to run them. A pack exports `run(argv, io, main)`.
 * @param program path of the built `lib/cli/main.js`
 * @returns undefined where a pack would not behave as the files do
 */
export async function packMain(path: string, program: string, io: Io): Promise<BundledMain | undefined> {
  const esbuild = await import('esbuild');
  const entry = [
    `const { runPacked } = require(${JSON.stringify(program)});`,
    `exports.run = (argv, io, main) => runPacked(argv, io, { ...main, load: async () => require(${JSON.stringify(path)}) });`,
  ].join('\n');
  try {
    const { outputFiles, metafile } = await esbuild.build({
      stdin: { contents: entry, resolveDir: dirname(path), sourcefile: '.tars-pack.js' },
      absWorkingDir: dirname(path),
      outfile: join(dirname(path), 'main.out.js'),
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      minifyWhitespace: true,
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      define: PLACE,
      plugins: [packagesComeIn(program, io), ownPlace(io)],
    });
    const text = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
    const sources = Object.keys(metafile.inputs)
      .filter((input) => basename(input) !== '.tars-pack.js' && !input.startsWith(`${LATER}:`))
      .map((input) => resolve(dirname(path), input));
    if (sources.some((source) => isOwn(source, program) && LOADS_BY_VARIABLE.test(readText(io.fs, source) ?? '')))
      return undefined;
    return { code: text('.js'), map: text('.js.map'), inputs: [...sources, ...configurationsOf(sources, io)] };
  } catch {
    // The usual way is taken, and says what is wrong if anything is.
    return undefined;
  } finally {
    await esbuild.stop();
  }
}

/**
 * Takes in the packages that a pack is for, and gives all others their absolute place, since the pack
 * runs under the name of this tool. A package that itself needs cdk8s would meet another copy of it:
 * then there is no pack.
 */
function packagesComeIn(program: string, io: Io): Plugin {
  const home = dirname(dirname(program));
  return {
    name: 'packages-come-in',
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point' || /^[A-Za-z]:/.test(path)) return undefined;
        if (isBuiltin(path)) return { path, external: true };
        const from = importer === '' ? program : importer;
        // What the tool loads by `import()` is large and seldom needed; the tool's own place finds it.
        if (from.startsWith(home) && kind === 'dynamic-import') return { path, namespace: LATER };
        if (/[\\/]node_modules[\\/]/.test(from) || from.startsWith(home)) return undefined;
        const file = resolvePackage(path, from);
        if (file === undefined) return undefined;
        if (PACKED.test(path)) return { path: file };
        if (needsPacked(file, io)) return { errors: [{ text: `${path} needs cdk8s` }] };
        return kind === 'dynamic-import'
          ? { path: pathToFileURL(file).href, namespace: LATER }
          : { path: file, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: LATER }, ({ path }) => ({ contents: importedLater(path) }));
    },
  };
}

/** Modules that stand for what is outside and comes by `import()`. */
const LATER = 'later';

/**
 * Node 20 refuses the `import()` of a script that it has compiled before, so whoever runs the pack lends
 * one. To await a module that has a `then` is to get what that gives.
 */
function importedLater(path: string): string {
  return `export const then = (...settle) => ${IMPORT}(${JSON.stringify(path)}).then(...settle);`;
}

/** True for a file of the user's project. */
function isOwn(file: string, program: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(dirname(dirname(program)));
}

/** What is only known when it runs is looked for from the place of the file, and a pack has another. */
const LOADS_BY_VARIABLE = /\b(?:require(?:\.resolve)?|import)\s*\(\s*[^'"\s)]/;

/** File of a package, as `require` finds it; undefined: there is none of that name, or it is TypeScript. */
function resolvePackage(specifier: string, importer: string): string | undefined {
  try {
    const file = createRequire(importer).resolve(specifier);
    return /\.[cm]?tsx?$/.test(file) ? undefined : file;
  } catch {
    return undefined;
  }
}

/** True for a file of a package that names one of the packed ones among those that it needs. */
function needsPacked(file: string, io: Io): boolean {
  for (let directory = dirname(file); dirname(directory) !== directory; directory = dirname(directory)) {
    const text = readText(io.fs, join(directory, 'package.json'));
    // Some packages have one inside, which says nothing but the type of the files beside it.
    if (text === undefined || !/"version"/.test(text)) continue;
    const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(text) as Record<string, object>;
    return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }).some((n) => PACKED.test(n));
  }
  return false;
}
