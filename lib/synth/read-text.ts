import type { Stats } from 'node:fs';
import type * as nodeFs from 'node:fs';
import { join } from 'node:path';
import type { Issue } from '../model/issues';

/** What reading needs of a file system. */
export type ReadingFileSystem = Pick<typeof nodeFs, 'lstatSync' | 'readFileSync' | 'readdirSync'>;

/** Larger files are not read: a system of a thousand services is a third of it. */
export const MAX_FILE_MIB = 32;

/** A text, or why there is none. */
export type TextResult = { readonly text: string } | { readonly issue: Issue };

/**
 * Reads a file of the output: a regular file, of a bounded size, in UTF-8. Anything else is an issue:
 * pipes and devices would never end, and what a link points at is not part of the output.
 * @param path from the root, with slashes
 */
export function readOutputText(fs: ReadingFileSystem, root: string, path: string): TextResult {
  const cannot = (message: string, remedy: string): TextResult => ({
    issue: { code: 'TARS6704', severity: 'error', path, message, remedy },
  });
  const stats = fs.lstatSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) {
    return {
      issue: {
        code: 'TARS6703',
        severity: 'error',
        path,
        message: 'the file is not there',
        remedy: 'run `tars synth`, which writes it',
      },
    };
  }
  if (!stats.isFile()) {
    return cannot(`it is ${kindOf(stats)}, and only regular files are read`, 'put the file itself there');
  }
  if (stats.size > MAX_FILE_MIB * 1024 * 1024) {
    const size = `${(stats.size / 1024 / 1024).toFixed(1)} MiB`;
    return cannot(`it has ${size}, and files up to ${MAX_FILE_MIB} MiB are read`, 'split it, or move it away');
  }
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(join(root, path));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return cannot(`it cannot be read: ${message}`, 'give yourself the right to read it');
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const line = validLines(bytes);
    return cannot(
      `it is not UTF-8, from line ${line} on`,
      'save it as UTF-8, or run `tars synth`, which writes it anew',
    );
  }
}

/** What is no regular file, in words. */
export function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** The line of the first bytes that are not UTF-8. */
function validLines(bytes: Buffer): number {
  const text = new TextDecoder('utf-8').decode(bytes);
  // What cannot be decoded becomes U+FFFD; one that was written as such is not the reason.
  const lines = text.split('\n');
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const end = bytes.indexOf(0x0a, offset);
    const slice = bytes.subarray(offset, end < 0 ? bytes.length : end);
    if (line.includes('\ufffd') && !Buffer.from(line).equals(slice)) return index + 1;
    offset = end + 1;
  }
  return 1;
}
