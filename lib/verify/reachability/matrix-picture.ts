import type { Cell, Matrix } from './matrix';

/** Sizes in pixels. */
const ROW = 26;
const COLUMN = 62;
const LETTER = 7;
const MARGIN = 16;
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** What a square means. Colour is never alone: the sign says the same. */
const KINDS = {
  needed: { fill: '#dcfce7', stroke: '#15803d', sign: '', text: 'open, as the model says' },
  extra: { fill: '#fee2e2', stroke: '#b91c1c', sign: '! ', text: 'open, and not in the model' },
  missing: { fill: '#fef3c7', stroke: '#b45309', sign: '× ', text: 'closed, and the model needs it' },
} as const;
type Kind = keyof typeof KINDS;

/**
 * The matrix as a picture, in SVG: rows open, columns are opened, and each square says by its tooltip
 * all of the ports. Pure: the same matrix gives the same text.
 */
export function matrixPicture(title: string, matrix: Matrix): string {
  const left = MARGIN + longest(matrix.rows) * LETTER + 12;
  const top = MARGIN + 30 + longest(matrix.columns) * LETTER * 0.8 + 12;
  // The slanted name of the last column leans to the right.
  const lean = longest(matrix.columns) * LETTER * 0.7;
  const gridWidth = matrix.columns.length * COLUMN;
  const width = Math.ceil(Math.max(left + gridWidth + lean, left + 3 * 210) + MARGIN);
  const height = Math.ceil(top + matrix.rows.length * ROW + 48);
  const x = (column: number): number => Math.round(left + column * COLUMN);
  const y = (row: number): number => Math.round(top + row * ROW);
  const columns = new Map(matrix.columns.map((name, index) => [name, index]));
  const rows = new Map(matrix.rows.map((name, index) => [name, index]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ${FONT}>`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 12}" font-size="15" font-weight="600" fill="#111827">${escape(title)}</text>`,
    ...matrix.rows.map(
      (name, row) =>
        `<rect x="${left}" y="${y(row)}" width="${gridWidth}" height="${ROW}" fill="${row % 2 === 0 ? '#f8fafc' : '#ffffff'}"/>` +
        `<text x="${left - 8}" y="${y(row) + 17}" text-anchor="end" fill="#111827">${escape(name)}</text>`,
    ),
    ...matrix.columns.map((name, column) => {
      const place = `${x(column) + COLUMN / 2} ${Math.round(top) - 8}`;
      return `<text transform="translate(${place}) rotate(-50)" fill="#111827">${escape(name)}</text>`;
    }),
    ...matrix.columns.map(
      (_, column) =>
        `<line x1="${x(column)}" x2="${x(column)}" y1="${Math.round(top)}" y2="${y(matrix.rows.length)}" stroke="#e5e7eb"/>`,
    ),
    ...matrix.cells.map((cell) => square(cell, x(columns.get(cell.to) ?? 0), y(rows.get(cell.from) ?? 0))),
    ...(Object.keys(KINDS) as Kind[]).map((kind, index) => {
      const at = left + index * 210;
      const line = height - 20;
      return `${label(kind, at, line - 14, 20, '')}<text x="${at + 26}" y="${line}" fill="#374151">${KINDS[kind].text}</text>`;
    }),
    '</svg>',
    '',
  ].join('\n');
}

function square(cell: Cell, x: number, y: number): string {
  const kind: Kind = cell.missing !== '' ? 'missing' : cell.extra !== '' ? 'extra' : 'needed';
  const text = [
    `${cell.from} to ${cell.to}: ${cell.open === '' ? 'closed' : cell.open}`,
    ...(cell.extra === '' ? [] : [`not in the model: ${cell.extra}`]),
    ...(cell.missing === '' ? [] : [`needed: ${cell.missing}`]),
  ].join('; ');
  const what = { needed: cell.open, extra: cell.extra, missing: cell.missing }[kind];
  return `<g><title>${escape(text)}</title>${label(kind, x + 3, y + 3, COLUMN - 6, shortened(what))}</g>`;
}

/** The first of the ports, and how many more there are. */
function shortened(ports: string): string {
  const [first = '', ...more] = ports.split(', ');
  return more.length === 0 ? first.replace('all ports', 'all') : `${first} +${more.length}`;
}

function label(kind: Kind, x: number, y: number, width: number, text: string): string {
  const { fill, stroke, sign } = KINDS[kind];
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="20" rx="4" fill="${fill}" stroke="${stroke}"/>` +
    `<text x="${x + width / 2}" y="${y + 14}" text-anchor="middle" font-size="11" fill="${stroke}">${sign}${escape(text)}</text>`
  );
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
