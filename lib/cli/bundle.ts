import type { Message } from 'esbuild';
import { dirname, join, relative } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { configurationsOf, ownPlace, packagesStayOutside, PLACE } from './bundle-plugins';
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
      define: PLACE,
      plugins: [packagesStayOutside, ownPlace(io)],
    });
    const text = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
    const sources = Object.keys(metafile.inputs).map((input) => join(dirname(path), input));
    return { code: text('.js'), map: text('.js.map'), inputs: [...sources, ...configurationsOf(sources, io)] };
  } catch (error) {
    const { errors } = error as { errors?: readonly Message[] };
    if (errors === undefined) throw error;
    throw new TarsError(errors.map((message) => issueOf(message, dirname(path), io)));
  } finally {
    await esbuild.stop();
  }
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
