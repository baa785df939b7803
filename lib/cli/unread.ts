import type { WriteStream } from 'node:tty';

/** The pieces of a Node process that tell whether anybody reads what it prints. */
export interface PrintingProcess {
  readonly stdout: Pick<WriteStream, 'on' | 'write'>;
  readonly stderr: Pick<WriteStream, 'on' | 'write'>;
  exit(code?: number): void;
  on(event: 'exit', listener: (code: number) => void): unknown;
  exitCode?: number | string | null | undefined;
}

/**
 * A reader may go away early, as `head` does, and a disk may be full. What changes or holds something ends what it has
 * begun all the same, with its own code; what was not printed whole for another reason than the reader's is no success.
 * @returns makes the process end at once instead: for what only reads
 */
export function watchOutput(process: PrintingProcess): () => void {
  const { stdout, stderr } = process;
  let endsAtOnce = false;
  let isSaid = false;
  let isLost = false;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    const isGone = code === 'EPIPE';
    if (!isGone && !isSaid) {
      stderr.write(`error: the output cannot be written: ${message}\n`);
      isLost = true;
    }
    isSaid = true;
    if (endsAtOnce) process.exit(isGone ? undefined : 1);
  });
  // There is nowhere to say it.
  stderr.on('error', () => undefined);
  process.on('exit', (code) => {
    if (isLost && code === 0) process.exitCode = 1;
  });
  return () => {
    endsAtOnce = true;
  };
}
