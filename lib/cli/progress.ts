import type { Output } from './io';

/** Shows on a terminal what takes its time; the line goes away when it is done. */
export async function withProgress<T>(output: Output, text: string, work: () => Promise<T>): Promise<T> {
  if (!output.isTTY) return work();
  output.write(`${text} …`);
  try {
    return await work();
  } finally {
    output.write('\r\u001B[2K');
  }
}
