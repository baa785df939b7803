import type { ReadStream } from 'node:tty';
import { Aborted } from './io';
import type { Output } from './io';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = ['\u007F', '\b'];

/** Asks on a terminal, and reads one line that nobody sees. */
export async function askHidden(stdin: ReadStream, stderr: Output, question: string): Promise<string> {
  stderr.write(question);
  stdin.setEncoding('utf8');
  stdin.setRawMode(true);
  try {
    return await new Promise<string>((resolve, reject) => {
      let value = '';
      const onData = (chunk: string): void => {
        for (const char of chunk) {
          if (char === CTRL_C) reject(new Aborted());
          else if (char === '\r' || char === '\n' || char === CTRL_D) resolve(value);
          else if (BACKSPACE.includes(char)) value = Array.from(value).slice(0, -1).join('');
          else value += char;
        }
      };
      stdin.on('data', onData);
      stdin.once('end', () => {
        resolve(value);
      });
      stdin.resume();
    });
  } finally {
    stdin.removeAllListeners('data');
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
