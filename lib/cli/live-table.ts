import { pause } from '../ops/cluster-client/deadline';
import type { Context } from './context';
import type { Format } from './options';

const EVERY_MS = 2_000;

/** What changes while somebody looks at it. */
export interface LiveRows<T> {
  readonly read: () => Promise<readonly T[]>;
  /** What a row stays known by, as long as it is there. */
  readonly nameOf: (row: T) => string;
  /** A table: its title, then one line for each row; or the one line that says that there is none. */
  readonly text: (rows: readonly T[]) => string;
}

/** How rows are shown. */
export interface LiveOptions {
  readonly format: Format;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Between two looks, in milliseconds; for tests. @default 2000 */
  readonly everyMs?: number;
}

/**
 * Shows rows until Ctrl-C: on a terminal a table that is drawn again, in a pipe one line for each row that has
 * changed. As JSON one object a line, for each row that is new or has changed; the last one of a row that has
 * disappeared has `isGone: true`.
 */
export async function showLive<T extends object>(
  { io: { stdout }, out }: Pick<Context, 'io' | 'out'>,
  { read, nameOf, text }: LiveRows<T>,
  { format, signal, everyMs = EVERY_MS }: LiveOptions,
): Promise<void> {
  let shown: Lines = new Map();
  let shownTitle = '';
  while (!signal.aborted) {
    const rows = await read();
    const named = (lines: readonly string[]): Lines => new Map(rows.map((row, i) => [nameOf(row), lines[i] ?? '']));
    if (format === 'json') {
      const now = named(rows.map((row) => JSON.stringify(row)));
      shown = writeChanges(stdout, shown, now, (_, last) =>
        JSON.stringify({ ...(JSON.parse(last) as object), isGone: true }),
      );
    } else if (stdout.isTTY) {
      stdout.write(`\u001B[H\u001B[2J${text(rows)}${out('dim', 'Ctrl-C ends this')}\n`);
    } else {
      // Columns move as other rows come and go: that is no change of a row.
      const [title = '', ...lines] = text(rows)
        .split('\n')
        .map((line) => line.replace(/\s{2,}/g, '  '));
      if (title !== shownTitle) stdout.write(`${title}\n`);
      shownTitle = title;
      shown = writeChanges(stdout, shown, named(lines), (name) => `${name}  gone`);
    }
    await pause(everyMs, signal);
  }
}

/** Lines by the names of their rows. */
type Lines = ReadonlyMap<string, string>;

function writeChanges(
  output: Pick<Context['io']['stdout'], 'write'>,
  shown: Lines,
  now: Lines,
  gone: (name: string, last: string) => string,
): Lines {
  for (const [name, line] of now) if (shown.get(name) !== line) output.write(`${line}\n`);
  for (const [name, last] of shown) if (!now.has(name)) output.write(`${gone(name, last)}\n`);
  return now;
}
