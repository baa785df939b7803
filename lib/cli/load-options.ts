import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { LoadShape, LoadTrace } from '../ops/autoscaling/load-trace';
import { generatedLoad, LOAD_SHAPES, recordedLoad } from '../ops/autoscaling/load-trace';
import { CliError } from './errors';
import { readText } from './files';
import type { Io } from './io';

/** What the options say of the load. */
interface LoadChoice {
  readonly load?: string | undefined;
  readonly shape: LoadShape;
  readonly peak?: number | undefined;
  readonly hours: number;
}

export function loadOption(): Option<'--load <file>'> {
  return new Option('--load <file>', 'a recorded load: lines of seconds and percent of one replica, as CSV');
}

export function shapeOption(): Option<'--shape <shape>', undefined, 'day', undefined, false, LoadShape> {
  return new Option('--shape <shape>', 'a generated load').choices(LOAD_SHAPES).default('day' as const);
}

export function peakOption(): Option<'--peak <percent>', undefined, undefined, undefined, false, number> {
  return new Option(
    '--peak <percent>',
    'its highest value, in percent of the CPU request of one replica (default: what the maximum can take)',
  ).argParser(positive);
}

export function hoursOption(): Option<'--hours <hours>', undefined, 24, undefined, false, number> {
  return new Option('--hours <hours>', 'how long it lasts').argParser(positive).default(24 as const);
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1e7) return value;
  throw new InvalidArgumentError('Allowed: a number above 0, below 10000000');
}

/**
 * The load that the options mean.
 * @throws CliError TARS5004 for a file that is none
 */
export function loadOf({ load, shape, peak, hours }: LoadChoice, defaultPeak: number, io: Io): LoadTrace {
  if (load === undefined) return generatedLoad(shape, peak ?? defaultPeak, hours * 3600);
  const text = readText(io.fs, resolve(io.cwd, load));
  try {
    if (text === undefined) throw new TypeError('there is no such file');
    return recordedLoad(text);
  } catch (error) {
    throw new CliError({
      code: 'TARS5004',
      severity: 'error',
      path: load,
      message: error instanceof Error ? error.message : String(error),
      allowed: 'lines of seconds and load, ascending, such as "15,240"',
      remedy: 'mend the file, or leave --load out for a generated one',
    });
  }
}
