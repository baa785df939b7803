/**
 * Work over time: what all replicas together have to do, in percent of what one of them asks for. 250 at a
 * target of 60 % is work for five replicas.
 */
export interface LoadTrace {
  /** Seconds from the start, ascending, and the load from then on; between two it changes evenly. */
  readonly points: readonly LoadPoint[];
}

/** One point of a trace. */
export interface LoadPoint {
  readonly second: number;
  readonly load: number;
}

/** Shapes of load that can be generated. */
export const LOAD_SHAPES = ['day', 'spike', 'steps', 'ramp'] as const;
export type LoadShape = (typeof LOAD_SHAPES)[number];

/** The longest load, in days: a year. A trace in milliseconds is far beyond it. */
const MOST_DAYS = 366;
/** Rounds of a simulation: those of a year, at one each 15 s. */
const MOST_STEPS = (MOST_DAYS * 86_400) / 15 + 1;
/** Percent: so much is no recording. */
const MOST_LOAD = 1e9;

/**
 * A generated load.
 *
 * @param peak the highest load
 * @param seconds how long it lasts
 */
export function generatedLoad(shape: LoadShape, peak: number, seconds: number): LoadTrace {
  const at = (share: number, load: number): LoadPoint => ({ second: share * seconds, load: load * peak });
  switch (shape) {
    case 'day':
      // quiet at night, a first peak before noon, a higher one in the evening
      return {
        points: Array.from({ length: 97 }, (_, index) => {
          const share = index / 96;
          const wave = (middle: number, width: number): number => Math.exp(-(((share - middle) / width) ** 2));
          return at(share, 0.12 + 0.65 * wave(0.45, 0.1) + 0.88 * wave(0.8, 0.08));
        }),
      };
    case 'spike':
      return { points: [at(0, 0.1), at(0.4, 0.1), at(0.401, 1), at(0.45, 1), at(0.451, 0.1), at(1, 0.1)] };
    case 'steps':
      return {
        points: [
          ...[0.1, 0.4, 0.7, 1, 0.7, 0.4, 0.1].flatMap((load, index, all) => [
            at(index / all.length, load),
            at((index + 0.999) / all.length, load),
          ]),
          at(1, 0.1),
        ],
      };
    case 'ramp':
      return { points: [at(0, 0.05), at(0.5, 1), at(1, 0.05)] };
  }
}

/**
 * A recorded load: lines of seconds and load, by comma, tab or blanks; a first line without a number, empty lines
 * and comments are left out.
 *
 * @throws {TypeError} with the number of the line that is none; for less than two points, or more than 366 days
 */
export function recordedLoad(text: string): LoadTrace {
  const points: LoadPoint[] = [];
  let isFirst = true;
  text.split(/\r?\n/).forEach((whole, index) => {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) return;
    const fields = line.split(/[\s,;]+/);
    const isHeader = isFirst && fields.every(isWord);
    isFirst = false;
    if (isHeader) return;
    const [second = NaN, load = NaN] = fields.map(numberOf);
    if (fields.length !== 2 || !Number.isFinite(second) || !(load >= 0 && load <= MOST_LOAD)) {
      throw new TypeError(`line ${index + 1} is no point of a load: ${JSON.stringify(line)}`);
    }
    const last = points.at(-1);
    if (last !== undefined && second <= last.second) {
      throw new TypeError(`line ${index + 1} does not come after the line before it: ${second} after ${last.second}`);
    }
    points.push({ second, load });
  });
  if (points.length < 2) throw new TypeError(`${points.length} points are no load: there must be 2`);
  const from = points[0]?.second ?? 0;
  const days = ((points.at(-1)?.second ?? 0) - from) / 86_400;
  if (days > MOST_DAYS) {
    throw new TypeError(`it goes over ${Math.ceil(days)} days, ${MOST_DAYS} at most: are these milliseconds?`);
  }
  return { points: points.map(({ second, load }) => ({ second: second - from, load })) };
}

/** A number as it is written in a table, with an exponent or without; else NaN. */
function numberOf(field: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) ? Number(field) : NaN;
}

/** What names a column; a value that is none, as programs write it, does not. */
function isWord(field: string): boolean {
  return Number.isNaN(numberOf(field)) && !/^[+-]?(nan|inf|infinity)$/i.test(field);
}

/** The load at each step from the start to the end of the trace. @throws {TypeError} for more than a year has */
export function loadSteps({ points }: LoadTrace, stepSeconds: number): readonly number[] {
  const end = points.at(-1)?.second ?? 0;
  const count = Math.floor(end / stepSeconds) + 1;
  if (!(count <= MOST_STEPS)) {
    throw new TypeError(
      `${count} rounds are too many, ${MOST_STEPS} at most: take a longer interval, or a shorter load`,
    );
  }
  let index = 0;
  return Array.from({ length: count }, (_, step) => {
    const second = step * stepSeconds;
    while (index + 2 < points.length && (points[index + 1]?.second ?? Infinity) <= second) index++;
    const from = points[index] ?? { second: 0, load: 0 };
    const to = points[index + 1] ?? from;
    if (to.second === from.second) return from.load;
    const share = Math.min(1, Math.max(0, (second - from.second) / (to.second - from.second)));
    return from.load + (to.load - from.load) * share;
  });
}
