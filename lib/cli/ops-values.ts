import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `30s`, `5m`, `1h`. @throws InvalidArgumentError */
export function duration(text: string): number {
  const [, number, unit] = /^(\d{1,6})(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new InvalidArgumentError('Allowed: 30s, 5m, 1h');
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** A whole number that is not negative. @throws InvalidArgumentError */
export function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number');
}

/** A name, of whatever. @throws InvalidArgumentError for an empty one, which an unset variable of a shell leaves */
export function word(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is empty');
}

/** `--timeout`. */
export function timeoutOption(): Option<'--timeout <duration>', undefined, undefined, number> {
  return new Option('--timeout <duration>', 'how long to wait at most, e.g. 90s').argParser(duration);
}

/** What is not waited for takes no time. @throws InvalidArgumentError */
export function refuseIdleTimeout({
  wait,
  timeout,
}: {
  readonly wait: boolean;
  readonly timeout?: number | undefined;
}): void {
  if (wait || timeout === undefined) return;
  throw new InvalidArgumentError('error: --no-wait and --timeout exclude each other');
}

/** `--interval`, in milliseconds: a shorter one is load and no news, a longer one is no scaler. */
export function intervalOption(): Option<'--interval <duration>', undefined, number, undefined, false, number> {
  return new Option('--interval <duration>', 'between two looks, 1s to 24h').argParser(interval).default(15_000, '15s');
}

function interval(text: string): number {
  const milliseconds = duration(text);
  if (milliseconds >= UNITS.s && milliseconds <= 24 * UNITS.h) return milliseconds;
  throw new InvalidArgumentError('Allowed: 1s to 24h');
}

/** How long ago, in the largest unit that says enough. */
export function age(since: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return '';
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
