import { pause } from '../ops/cluster-client/deadline';
import type { Context } from './context';

const EVERY_MS = 2_000;

/**
 * Shows rows until Ctrl-C: on a terminal a table that is drawn again, in a pipe one line for each row that
 * has changed. Rows are known by the first word of their line.
 */
export async function showLive(
  { io, out }: Pick<Context, 'io' | 'out'>,
  read: () => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  let shown = new Map<string, string>();
  while (!signal.aborted) {
    const text = await read();
    if (io.stdout.isTTY) io.stdout.write(`\u001B[H\u001B[2J${text}${out('dim', 'Ctrl-C ends this')}\n`);
    else shown = writeChanges(io.stdout, text, shown);
    await pause(EVERY_MS, signal);
  }
}

function writeChanges(
  output: { write(text: string): void },
  text: string,
  shown: ReadonlyMap<string, string>,
): Map<string, string> {
  const lines = new Map(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => [line.split(/\s+/)[0] ?? '', line.replace(/\s{2,}/g, '  ')]),
  );
  for (const [key, line] of lines) if (shown.get(key) !== line) output.write(`${line}\n`);
  for (const key of shown.keys()) if (!lines.has(key)) output.write(`${key}  gone\n`);
  return lines;
}
