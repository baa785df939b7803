import type { Issue } from '../../model/issues';
import { IssueCollector, show, TarsError } from '../../model/issues';
import { PropsReader } from '../../model/props-reader';
import { LONGEST_TIMER_MS } from '../cluster-client/deadline';
import type { AutoScalerOptions } from './auto-scaler';
import type { MetricSource } from './metric-source';
import type { ReplicaTarget } from './replica-target';
import type { RunOptions } from './run-scaler';

const MOST_HISTORY = 1_000_000;

/** The options of an AutoScaler with their defaults. */
type ScalerSettings = Required<Omit<AutoScalerOptions, 'source'>> & Pick<AutoScalerOptions, 'source'>;

/** @throws TarsError TARS1001, TARS1002, TARS1006, with everything that is wrong */
export function readScalerOptions(name: string, options: AutoScalerOptions): ScalerSettings {
  const issues: Issue[] = [];
  if (typeof (name as unknown) !== 'string' || name === '') {
    const at = new IssueCollector('deploymentName', issues);
    refuse(at, 'no name of a workload', name, 'a text that is not empty', 'say which workload is scaled');
  }
  const reader = new PropsReader<AutoScalerOptions>(options, new IssueCollector('options', issues), {
    target: true,
    now: true,
    mode: true,
    source: true,
    sourceTimeoutMs: true,
    historyLength: true,
  });
  const target: Readonly<Record<keyof Required<ReplicaTarget>, boolean>> = {
    managedBy: true,
    read: true,
    write: true,
    hold: false,
    release: false,
  };
  checkFunctions(reader.at('target'), reader.raw('target'), target);
  if (typeof reader.raw('now') !== 'function') {
    refuse(reader.at('now'), 'no clock', reader.raw('now'), 'a function', 'hand in `Date.now`');
  }
  const source: Readonly<Record<keyof MetricSource, boolean>> = { read: true };
  if (reader.has('source')) checkFunctions(reader.at('source'), reader.raw('source'), source);
  const settings = {
    mode: reader.oneOf('mode', ['threshold', 'hpa'], 'threshold'),
    sourceTimeoutMs: reader.integer('sourceTimeoutMs', { min: 1, max: LONGEST_TIMER_MS }, 10_000),
    historyLength: reader.integer('historyLength', { min: 0, max: MOST_HISTORY }, 1000),
  };
  if (issues.length > 0) throw new TarsError(issues);
  return { ...options, ...settings };
}

/** @throws TarsError TARS1001, TARS1002, TARS1006, with everything that is wrong */
export function readRunOptions(options: RunOptions): RunOptions {
  const issues: Issue[] = [];
  const reader = new PropsReader<RunOptions>(options, new IssueCollector('options', issues), {
    intervalMs: true,
    signal: true,
  });
  const interval = reader.raw('intervalMs');
  if (!(typeof interval === 'number' && interval >= 1)) {
    const given = typeof interval === 'number' ? String(interval) : show(interval);
    const code = typeof interval === 'number' ? 'TARS1006' : 'TARS1002';
    const remedy = 'say how many milliseconds there are between two checks';
    reader.at('intervalMs').add({ code, message: 'no interval', given, allowed: '1 or more', remedy });
  }
  if (!(reader.raw('signal') instanceof AbortSignal)) {
    const remedy = 'hand in the signal of an AbortController';
    refuse(reader.at('signal'), 'nothing that ends it', reader.raw('signal'), 'an AbortSignal', remedy);
  }
  if (issues.length > 0) throw new TarsError(issues);
  return options;
}

/** @param names the methods that it may have; true: has to have */
function checkFunctions(at: IssueCollector, given: unknown, names: Readonly<Record<string, boolean>>): void {
  if (typeof given !== 'object' || given === null) {
    const needed = Object.keys(names).filter((name) => names[name] === true);
    refuse(at, 'a value is missing or of the wrong type', given, `an object with ${needed.join(', ')}`, 'hand one in');
    return;
  }
  for (const [name, isNeeded] of Object.entries(names)) {
    const method = (given as Readonly<Record<string, unknown>>)[name];
    if (typeof method === 'function' || (method === undefined && !isNeeded)) continue;
    refuse(at.at(name), 'no function', method, 'a function', 'hand one in');
  }
}

function refuse(at: IssueCollector, message: string, given: unknown, allowed: string, remedy: string): void {
  at.add({ code: 'TARS1002', message, given: show(given), allowed, remedy });
}
