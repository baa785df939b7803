import type { Issue } from '../../model/issues';
import { CliError } from '../errors';
import type { Io, ProgramResult } from '../io';
import { missingProgram } from '../tools';

/** Another program's answer. */
export interface Answered {
  readonly stdout: string;
  /** What it says when it fails; undefined: it did not. */
  readonly failed: string | undefined;
}

/** Runs a program to its end, quietly. */
export type Ask = (...args: readonly string[]) => Answered;

/**
 * A program with the words that stand before every command.
 * @throws CliError with TARS5005, on a call, when there is no such program
 */
export function asking(program: string, words: readonly string[], io: Io): Ask {
  return (...args) => {
    const result = io.runProgram(program, [...words, ...args], { cwd: io.cwd, output: 'capture' });
    if (result.status === undefined) throw missingProgram(program, result.errorCode);
    return { stdout: result.stdout, failed: failureOf(result) };
  };
}

function failureOf({ status, stderr }: ProgramResult): string | undefined {
  if (status === 0) return undefined;
  // The first lines of kubectl are its log, and repeat the cause.
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} /.test(line));
  return lines.join(' ') || `exit code ${status ?? 'unknown'}`;
}

/** The failure of something that cannot be asked at all. */
export function cannotLook(path: string, given: string, remedy: string): CliError {
  const issue: Issue = {
    code: 'TARS7300',
    severity: 'error',
    path,
    message: 'what runs there cannot be looked at',
    given,
    allowed: 'an API server or an engine that answers, and the right to read what is looked at',
    remedy,
  };
  return new CliError(issue);
}

/** JSON that another program has printed. @throws CliError with TARS7300 */
export function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw cannotLook(path, 'it printed something that is no JSON', `run ${path} by hand`);
  }
}
