import { createInterface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';
import { Aborted } from './io';
import type { Output } from './io';

/** Asks on a terminal, and reads one line. @throws Aborted for Ctrl-C and for the end of the input */
export async function ask(stdin: ReadStream, stderr: Output, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, terminal: false });
  stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        reject(new Aborted());
      });
    });
  } finally {
    lines.close();
    stdin.pause();
  }
}
