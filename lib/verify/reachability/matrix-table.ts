import type { Cell, Matrix } from './matrix';

/**
 * The matrix as text: a line for each end that opens something, and below it what it may open. A grid
 * of more than a few columns is wider than a terminal; a list is not.
 */
export function matrixTable(matrix: Matrix): string {
  const width = Math.max(0, ...matrix.cells.map(({ to }) => to.length));
  // Cells stand in the order of the columns.
  const byRow = new Map(matrix.rows.map((row) => [row, new Array<Cell>()]));
  for (const cell of matrix.cells) byRow.get(cell.from)?.push(cell);
  return [...byRow]
    .map(([row, cells]) => {
      if (cells.length === 0) return `${row}\n  opens nothing\n`;
      return `${row}\n${cells.map((cell) => `  ${cell.to.padEnd(width)}  ${cellText(cell)}\n`).join('')}`;
    })
    .join('');
}

function cellText({ open, extra, missing }: Cell): string {
  const parts = [
    open === '' ? 'closed' : open,
    ...(extra === '' ? [] : [`not in the model: ${extra}`]),
    ...(missing === '' ? [] : [`closed, and needed: ${missing}`]),
  ];
  return parts.join('; ');
}
