import { CliError } from './errors';
import type { Io, ProgramResult } from './io';
import { Aborted } from './io';
import { missingProgram } from './tools';

/** Programs that run side by side: each takes a processor for a moment, and some 50 MB. */
const AT_ONCE = 4;

/** Another program's answer. */
export interface Answered {
  readonly stdout: string;
  readonly stderr: string;
  /** What it says when it fails, line by line; undefined: it did not. */
  readonly failed: string | undefined;
}

/** Runs a program to its end, quietly. @throws Aborted when it was broken off */
export type Ask = (...args: readonly string[]) => Promise<Answered>;

/**
 * A program with the words that stand before every command. The signal ends what runs.
 * @throws CliError with TARS5005, on a call, when there is no such program
 */
export function asking(program: string, words: readonly string[], io: Io, signal: AbortSignal): Ask {
  const running = new Set<Promise<unknown>>();
  return async (...args) => {
    while (running.size >= AT_ONCE) {
      await Promise.race(running);
      if (signal.aborted) throw new Aborted();
    }
    const ended = io.startProgram(program, [...words, ...args], { cwd: io.cwd, signal });
    running.add(ended);
    const result = await ended.finally(() => running.delete(ended));
    if (signal.aborted) throw new Aborted();
    if (result.status === undefined && result.signal === undefined) throw missingProgram(program, result.errorCode);
    return { stdout: result.stdout, stderr: result.stderr, failed: failureOf(result) };
  };
}

/** Undefined where there is no such program. */
export async function unlessMissing(answer: Promise<Answered>): Promise<Answered | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function failureOf({ status, stderr }: ProgramResult): string | undefined {
  if (status === 0) return undefined;
  // The first lines of kubectl are its log, and repeat the cause.
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} /.test(line));
  return lines.join('\n') || `exit code ${status ?? 'unknown'}`;
}
