import { createInterface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';
import { Aborted } from './io';
import type { Output } from './io';

/**
 * Asks on a terminal, and reads one line.
 * @param signal ends the question; where somebody listens for Ctrl-C, the terminal itself does not end it
 * @throws Aborted for the signal, for Ctrl-C and for the end of the input
 */
export async function ask(stdin: ReadStream, stderr: Output, question: string, signal?: AbortSignal): Promise<string> {
  if (signal?.aborted === true) throw new Aborted();
  const lines = createInterface({ input: stdin, terminal: false });
  const abort = (): void => {
    // The mark of Ctrl-C stands behind the question.
    stderr.write('\n');
    lines.close();
  };
  signal?.addEventListener('abort', abort, { once: true });
  stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        reject(new Aborted());
      });
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    lines.close();
    stdin.pause();
  }
}
