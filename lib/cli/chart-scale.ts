/** An axis that begins at 0. */
export interface Scale {
  /** Its end. */
  readonly top: number;
  /** From 0 to the end, in round steps. */
  readonly marks: readonly number[];
}

/** An axis of time. */
export interface TimeScale {
  /** What its marks are, with the unit. */
  readonly title: string;
  readonly marks: readonly { readonly second: number; readonly text: string }[];
}

const DAY = 86_400;
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY];

/**
 * Steps of 1, 2 or 5 times a power of ten.
 *
 * @param most the highest value that has to find room
 * @param options `least`: the smallest step, 1 for what is counted; `count`: steps at most
 */
export function roundScale(most: number, { least = 0, count: steps = 5 } = {}): Scale {
  const step = Math.max(least, roundStep(most / steps));
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const marks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: marks.at(-1) ?? step, marks };
}

function roundStep(atLeast: number): number {
  if (!(atLeast > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find((factor) => factor * power >= atLeast * (1 - 1e-9)) ?? 10);
}

/**
 * Time since a start.
 *
 * @param end seconds
 * @param count marks at most, the one at 0 not among them
 */
export function timeScale(end: number, count: number): TimeScale {
  const isLong = end > 4 * DAY;
  const step = TIME_STEPS.find((seconds) => end / seconds <= count) ?? Math.ceil(roundStep(end / DAY / count)) * DAY;
  const [title, text] = isLong
    ? ['days', (second: number) => String(second / DAY)]
    : end < 600
      ? ['minutes:seconds', sixtieths]
      : ['hours:minutes', (second: number) => sixtieths(second / 60)];
  const marks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return { title: `${title} since the start`, marks: marks.map((second) => ({ second, text: text(second) })) };
}

function sixtieths(value: number): string {
  return `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, '0')}`;
}
