import type { Message, OnLoadResult, Plugin } from 'esbuild';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { readText } from './files';
import type { ModuleFormat } from './import-main';
import type { Io } from './io';

/** A main file and what it imports of its own project, as one file. */
export interface BundledMain {
  readonly code: string;
  /** Source map, JSON. */
  readonly map: string;
  /** Absolute paths of everything that decides about the code. */
  readonly inputs: readonly string[];
}

/** What a module knows of its own place. A bundle lies elsewhere, so each source brings its own. */
const PLACE = {
  __dirname: '__tars_dirname',
  __filename: '__tars_filename',
  'import.meta.dirname': '__tars_dirname',
  'import.meta.filename': '__tars_filename',
  'import.meta.url': '__tars_url',
} as const;
const LOADERS = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.js': 'js', '.mjs': 'js', '.cjs': 'js' } as const;

/**
 * Bundles a TypeScript file with esbuild. Packages stay outside: they are loaded as in any program.
 * @throws TarsError with a TARS5003 for each mistake
 */
export async function bundleMain(path: string, format: ModuleFormat, io: Io): Promise<BundledMain> {
  const esbuild = await import('esbuild');
  try {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      outfile: join(dirname(path), 'main.out.js'),
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      target: 'node20',
      format,
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      // Bundled or not, it is never the program that was started.
      define: { ...PLACE, 'import.meta.main': 'false' },
      plugins: [packagesStayOutside, ownPlace(io)],
    });
    const text = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
    const sources = Object.keys(metafile.inputs).map((input) => join(dirname(path), input));
    return { code: text('.js'), map: text('.js.map'), inputs: [...sources, ...configurations(sources, io)] };
  } catch (error) {
    const { errors } = error as { errors?: readonly Message[] };
    if (errors === undefined) throw error;
    throw new TarsError(errors.map((message) => issueOf(message, dirname(path), io)));
  } finally {
    await esbuild.stop();
  }
}

/** What can be loaded as a package is left to Node, even where a tsconfig gives it another path. */
const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup: (build) => {
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point' || /^[A-Za-z]:/.test(path)) return undefined;
      return isBuiltin(path) || isPackage(path, importer) ? { path, external: true } : undefined;
    });
  },
};

function isPackage(specifier: string, importer: string): boolean {
  try {
    // A package of the same workspace may be TypeScript, which Node does not load.
    return !/\.[cm]?tsx?$/.test(createRequire(importer).resolve(specifier));
  } catch (error) {
    // There, but for `import` alone.
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** Gives each source that asks for it the place where it stands. */
function ownPlace(io: Io): Plugin {
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

/** Files beside the sources that change what becomes of them; and the bundler itself. */
function configurations(sources: readonly string[], io: Io): string[] {
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

function issueOf({ text, location }: Message, directory: string, io: Io): Issue {
  const place =
    location === null
      ? 'main.ts'
      : `${relative(io.cwd, join(directory, location.file)).replaceAll('\\', '/')}:${location.line}:${location.column + 1}`;
  return {
    code: 'TARS5003',
    severity: 'error',
    path: place,
    message: `it cannot be compiled: ${text}`,
    ...(location === null ? {} : { given: location.lineText.trim() }),
    remedy: text.startsWith('Could not resolve') ? 'install the package, or mend the path' : 'mend that line',
  };
}
