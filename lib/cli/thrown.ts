import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceMapOf } from './import-main';

/** What the user's code threw, in the user's terms. */
export interface Thrown {
  readonly message: string;
  /** `main.ts:12:5`, relative to the working directory; undefined: nowhere in the user's files. */
  readonly position: string | undefined;
  readonly remedy: string | undefined;
}

/**
 * Describes an exception of the user's code by the innermost place that the user wrote: frames of
 * packages and of Node are passed over.
 */
export function describeThrown(error: unknown, sourceMap: (() => SourceMapOf) | undefined, cwd: string): Thrown {
  if (!(error instanceof Error))
    return { message: `it threw ${String(error)}`, position: undefined, remedy: undefined };
  const map = sourceMap?.();
  const frames = framesOf(error.stack ?? '').map((frame) => original(frame, map));
  const own = frames.find(({ file }) => isAbsolute(file) && !/[\\/]node_modules[\\/]/.test(file) && !isOwnFile(file));
  const { code } = error as NodeJS.ErrnoException;
  const notFound = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return {
    message: (error.message.split('\nRequire stack:')[0] ?? '').trim() || error.name,
    position:
      own === undefined ? undefined : `${relative(cwd, own.file).replaceAll('\\', '/')}:${own.line}:${own.column}`,
    remedy: notFound ? 'install what is missing: `npm install`' : undefined,
  };
}

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Places in a stack trace, innermost first. */
function framesOf(stack: string): Frame[] {
  return [...stack.matchAll(/^\s+at .*?\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^\n]*?):(\d+):(\d+)\)?$/gm)].map(
    ([, file = '', line, column]) => ({
      file: file.startsWith('file://') ? fileURLToPath(file) : file,
      line: Number(line),
      column: Number(column),
    }),
  );
}

/** This library's own files are as little the user's as a package's. */
function isOwnFile(file: string): boolean {
  return file.startsWith(join(__dirname, '..'));
}

function original(frame: Frame, map: SourceMapOf | undefined): Frame {
  if (map === undefined || frame.file !== map.file) return frame;
  const found = new SourceMap(JSON.parse(map.json) as SourceMapPayload).findEntry(frame.line - 1, frame.column - 1);
  if (!('originalSource' in found)) return frame;
  return { file: join(map.root, found.originalSource), line: found.originalLine + 1, column: found.originalColumn + 1 };
}
