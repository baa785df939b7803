import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { LoadShape, LoadTrace } from '../ops/autoscaling/load-trace';
import { generatedLoad, LOAD_SHAPES, loadSteps, recordedLoad } from '../ops/autoscaling/load-trace';
import { CliError } from './errors';
import { readGiven } from './files';
import type { Io } from './io';
import { word } from './ops-values';

const HOURS_OF_YEAR = 366 * 24;
/** Room for a year of lines, one each 15 s. Who writes to a pipe may ask another system first. */
const LOAD_BOUNDS = { most: 2 ** 27, patienceMs: 60_000 };

/** What the options say of the load. */
export interface LoadChoice {
  readonly load?: string | undefined;
  readonly shape: LoadShape;
  readonly peak?: number | undefined;
  readonly hours: number;
  /** Milliseconds between two rounds. */
  readonly interval: number;
}

export function loadOption(): Option<'--load <file>', undefined, undefined, undefined, false, string> {
  return new Option('--load <file>', 'a recorded load: lines of seconds and percent of one replica, as CSV').argParser(
    word,
  );
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
  return new Option('--hours <hours>', 'how long it lasts, a year at most').argParser(hoursOfYear).default(24 as const);
}

function hoursOfYear(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= HOURS_OF_YEAR) return value;
  throw new InvalidArgumentError(`Allowed: a number above 0, ${HOURS_OF_YEAR} at most`);
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1e7) return value;
  throw new InvalidArgumentError('Allowed: a number above 0, below 10000000');
}

/**
 * The load that the options mean.
 * @throws CliError TARS5004 for a file that is none, and for more rounds than a year has
 */
export async function loadOf(choice: LoadChoice, defaultPeak: number, io: Io): Promise<LoadTrace> {
  const { load, shape, peak, hours, interval } = choice;
  try {
    const trace =
      load === undefined ? generatedLoad(shape, peak ?? defaultPeak, hours * 3600) : await recorded(load, io);
    loadSteps(trace, interval / 1000);
    return trace;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CliError({
      code: 'TARS5004',
      severity: 'error',
      path: load ?? 'tars autoscale --hours',
      message: error.message,
      ...(load === undefined ? {} : { allowed: 'lines of seconds and load, ascending, such as "15,240"' }),
      remedy:
        load === undefined
          ? 'choose fewer hours, or a longer --interval'
          : 'mend the file, or leave --load out for a generated one',
    });
  }
}

async function recorded(file: string, io: Io): Promise<LoadTrace> {
  const text = await readGiven(resolve(io.cwd, file), LOAD_BOUNDS);
  if (text === undefined) throw new TypeError('there is no such file');
  return recordedLoad(text);
}
