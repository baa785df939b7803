import type { Scale, TimeScale } from './chart-scale';

/** Where something is drawn, in pixels. */
export interface Panel {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line across a panel that is named beside it. */
export interface Level {
  readonly value: number;
  readonly name: string;
  readonly color: string;
  readonly dashes: string;
}

/** One entry of a legend: how it looks, drawn 22 pixels wide and 10 high from 0,0, and what it is. */
export interface Key {
  readonly look: string;
  readonly name: string;
}

/**
 * Colours that people with any kind of colour vision tell apart.
 * @see https://jfly.uni-koeln.de/color/
 */
export const PALETTE = {
  blue: '#0072b2',
  lightBlue: '#c6dff0',
  orange: '#e69f00',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  grey: '#6b7280',
  light: '#e5e7eb',
  ink: '#1f2937',
} as const;

/** Pixels between the middles of two lines of text. */
const LINE = 14;
/** A wide letter at 12 pixels. */
const LETTER = 7.2;

/** A picture of 1000 pixels' width on white, that stands alone. */
export function svg(title: string, facts: readonly string[], height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="${height}" viewBox="0 0 1000 ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${PALETTE.ink}">`,
    `<title>${escaped(title)}</title>`,
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
    `<rect width="6" height="6" fill="${PALETTE.vermillion}" fill-opacity="0.15"/><rect width="2" height="6" fill="${PALETTE.vermillion}" fill-opacity="0.45"/>`,
    '</pattern></defs>',
    `<rect width="1000" height="${height}" fill="white"/>`,
    `<text x="20" y="28" font-size="16" font-weight="600">${escaped(title)}</text>`,
    ...facts.map((fact, index) => `<text x="20" y="${48 + index * 18}">${escaped(fact)}</text>`),
    ...body,
    '</svg>\n',
  ].join('\n');
}

/** Lines at round values, and their numbers. */
export function yAxis(panel: Panel, { marks, top }: Scale): string {
  return marks
    .map((mark) => {
      const y = pixel(heightOf(panel, mark / top));
      return `<line x1="${panel.left}" x2="${panel.right}" y1="${y}" y2="${y}" stroke="${PALETTE.light}"/><text x="${panel.left - 8}" y="${pixel(y + 4)}" text-anchor="end">${mark}</text>`;
    })
    .join('\n');
}

/** Lines at round times over all panels; their numbers and the title below the last one. */
export function timeAxis(panels: readonly Panel[], { marks, title }: TimeScale, end: number): string {
  const last = panels.at(-1);
  if (last === undefined) return '';
  const lines = marks.flatMap(({ second, text }) => {
    const x = pixel(last.left + (second / end) * (last.right - last.left));
    return [
      ...panels.map(
        ({ top, bottom }) => `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="${PALETTE.light}"/>`,
      ),
      `<text x="${x}" y="${last.bottom + 18}" text-anchor="middle">${text}</text>`,
    ];
  });
  return [...lines, xTitle(last, title)].join('\n');
}

/** Lines at round values, their numbers and the title below. */
export function xAxis(panel: Panel, { marks, top }: Scale, title: string): string {
  const lines = marks.map((mark) => {
    const x = pixel(panel.left + (mark / top) * (panel.right - panel.left));
    return `<line x1="${x}" x2="${x}" y1="${panel.top}" y2="${panel.bottom}" stroke="${PALETTE.light}"/><text x="${x}" y="${panel.bottom + 18}" text-anchor="middle">${mark}</text>`;
  });
  return [...lines, xTitle(panel, title)].join('\n');
}

function xTitle({ left, right, bottom }: Panel, title: string): string {
  return `<text x="${pixel((left + right) / 2)}" y="${bottom + 38}" text-anchor="middle">${escaped(title)}</text>`;
}

/** Lines across a panel, their names to its right, none over another. */
export function levels(panel: Panel, { top }: Scale, all: readonly Level[]): string {
  const sorted = all.toSorted((a, b) => b.value - a.value);
  const wanted = sorted.map(({ value }) => heightOf(panel, value / top));
  const places = apart(wanted, panel.bottom);
  return sorted
    .map(({ name, color, dashes }, index) => {
      const [y, place] = [pixel(wanted[index] ?? 0), pixel(places[index] ?? 0)];
      return [
        `<path d="M${panel.left} ${y}H${panel.right}" fill="none" stroke="${color}" stroke-width="1.2" stroke-dasharray="${dashes}"/>`,
        `<path d="M${panel.right} ${y}L${panel.right + 8} ${place}" fill="none" stroke="${color}"/>`,
        `<text x="${panel.right + 12}" y="${pixel(place + 4)}">${escaped(name)}</text>`,
      ].join('\n');
    })
    .join('\n');
}

/** Heights that are a line apart, near those that are wanted: ascending, none below the bottom. */
function apart(wanted: readonly number[], bottom: number): readonly number[] {
  const places: number[] = [];
  for (const y of wanted) places.push(Math.max(y, (places.at(-1) ?? -Infinity) + LINE));
  let most = bottom;
  for (let index = places.length - 1; index >= 0; index--) {
    places[index] = Math.min(places[index] ?? most, most);
    most = (places[index] ?? most) - LINE;
  }
  return places;
}

/** The title above a panel, and what is drawn in it. */
export function heading({ left, top }: Panel, title: string, keys: readonly Key[]): string {
  let x = left + title.length * LETTER + 24;
  const parts = [`<text x="${left}" y="${top - 12}" font-weight="600">${escaped(title)}</text>`];
  for (const { look, name } of keys) {
    parts.push(`<g transform="translate(${pixel(x)} ${top - 21})">${look}</g>`);
    parts.push(`<text x="${pixel(x + 28)}" y="${top - 12}">${escaped(name)}</text>`);
    x += 28 + name.length * LETTER + 20;
  }
  return parts.join('\n');
}

/** Pixels from the top for a share of a panel's height. */
export function heightOf({ top, bottom }: Panel, share: number): number {
  return bottom - share * (bottom - top);
}

/** A tenth of a pixel is seen by nobody. */
export function pixel(value: number): number {
  return Math.round(value * 10) / 10;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
