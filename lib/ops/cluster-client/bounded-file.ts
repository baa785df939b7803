import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { pause } from './deadline';

/** How much is read of a file, and for how long. */
export interface FileBounds {
  /** Bytes. */
  readonly most: number;
  /** Milliseconds without a byte of a pipe. */
  readonly patienceMs: number;
}

const LOOK_MS = 20;

/**
 * Text of a file that somebody names. It may be a pipe, as a shell makes of `<(command)`, or a device: neither a pipe
 * that nobody writes to nor a device without an end holds anybody up.
 * @throws Error of the file system; for more than that many bytes; for a pipe from which nothing comes
 */
export async function readBounded(file: string, { most, patienceMs }: FileBounds): Promise<string> {
  // Else it waits in here until somebody writes. Windows has no such flag, and no such pipes.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = fstatSync(descriptor).isFIFO();
    const chunks: Buffer[] = [];
    const buffer = Buffer.alloc(65_536);
    let size = 0;
    let waitedMs = 0;
    for (;;) {
      const count = readSome(descriptor, buffer);
      // A pipe without a writer is at its end; one may come yet.
      if (count === 0 && (!isPipe || size > 0)) return Buffer.concat(chunks).toString('utf8');
      if (count === undefined || count === 0) {
        if (waitedMs >= patienceMs) throw new Error(`nothing came from it for ${patienceMs / 1000} s`);
        await pause(LOOK_MS);
        waitedMs += LOOK_MS;
        continue;
      }
      waitedMs = 0;
      size += count;
      if (size > most) throw new Error(`it has more than ${most} bytes`);
      chunks.push(Buffer.from(buffer.subarray(0, count)));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that were read; undefined: there are none yet. */
function readSome(descriptor: number, buffer: Buffer): number | undefined {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
