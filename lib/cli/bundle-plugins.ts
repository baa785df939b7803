import type { OnLoadResult, Plugin } from 'esbuild';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readText } from './files';
import type { Io } from './io';

/** What a module knows of its own place. A bundle lies elsewhere, so each source brings its own. */
export const PLACE = {
  __dirname: '__tars_dirname',
  __filename: '__tars_filename',
  'import.meta.dirname': '__tars_dirname',
  'import.meta.filename': '__tars_filename',
  'import.meta.url': '__tars_url',
  // Bundled or not, it is never the program that was started.
  'import.meta.main': 'false',
} as const;

const LOADERS = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.js': 'js', '.mjs': 'js', '.cjs': 'js' } as const;

/** Gives each source that asks for it the place where it stands. */
export function ownPlace(io: Io): Plugin {
  return {
    name: 'own-place',
    setup: (build) => {
      build.onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }): OnLoadResult | undefined => {
        const text = readText(io.fs, path) ?? '';
        if (!/__dirname|__filename|import\.meta/.test(text)) return undefined;
        const own = [`__tars_dirname = ${JSON.stringify(dirname(path))}`, `__tars_filename = ${JSON.stringify(path)}`];
        const declaration = `const ${own.join(', ')}, __tars_url = ${JSON.stringify(pathToFileURL(path).href)};`;
        const loader = LOADERS[extname(path) as keyof typeof LOADERS];
        // On the first line, so that the lines keep their numbers.
        return { contents: declaration + text.replace(/^#!/, '//'), loader, resolveDir: dirname(path) };
      });
    },
  };
}

/** What can be loaded as a package is left to Node, even where a tsconfig gives it another path. */
export const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup: (build) => {
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point' || /^[A-Za-z]:/.test(path)) return undefined;
      return isBuiltin(path) || isPackage(path, importer) ? { path, external: true } : undefined;
    });
  },
};

/** True for what Node finds by this name and loads. */
export function isPackage(specifier: string, importer: string): boolean {
  try {
    // A package of the same workspace may be TypeScript, which Node does not load.
    return !/\.[cm]?tsx?$/.test(createRequire(importer).resolve(specifier));
  } catch (error) {
    // There, but for `import` alone.
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** Files beside the sources that change what becomes of them; and the bundler itself. */
export function configurationsOf(sources: readonly string[], io: Io): string[] {
  const found = new Set<string>([createRequire(__filename).resolve('esbuild/package.json')]);
  for (const source of sources) {
    for (let directory = dirname(source); ; directory = dirname(directory)) {
      for (const name of ['tsconfig.json', 'package.json']) {
        const file = join(directory, name);
        if (readText(io.fs, file) !== undefined) found.add(file);
      }
      if (io.fs.existsSync(join(directory, 'package.json')) || dirname(directory) === directory) break;
    }
  }
  return [...found, ...[...found].flatMap((file) => extendedBy(file, io))];
}

/** Configurations that a tsconfig names; one that cannot be found has no effect here. */
function extendedBy(file: string, io: Io): string[] {
  if (!file.endsWith('tsconfig.json')) return [];
  const names = /"extends"\s*:\s*(?:"([^"]+)"|\[([^\]]*)\])/.exec(readText(io.fs, file) ?? '');
  const all =
    names?.[1] === undefined ? [...(names?.[2] ?? '').matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? '') : [names[1]];
  return all.flatMap((name) => {
    try {
      return [createRequire(file).resolve(name.endsWith('.json') || !name.startsWith('.') ? name : `${name}.json`)];
    } catch {
      return [];
    }
  });
}
