/** A column of a table. */
export interface Column<T> {
  readonly title: string;
  readonly text: (row: T) => string;
  /** Numbers stand to the right. @default "left" */
  readonly align?: 'left' | 'right';
}

/** Rows as text: columns two blanks apart, no lines, nothing that a pipe has to strip. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map((c) => c.title), ...rows.map((row) => columns.map((c) => c.text(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => width(line[i] ?? ''))));
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function pad(text: string, to: number, align: Column<unknown>['align']): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Columns on a terminal, for the texts of this tool: names and paths. */
function width(text: string): number {
  return Array.from(text).length;
}
