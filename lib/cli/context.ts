import type { ExitCode } from './exit-code';
import type { Io } from './io';
import type { LoadApp } from './load-app';
import type { Paint } from './paint';

/** What every command gets. */
export interface Context {
  readonly io: Io;
  /** Colours on standard output, and on standard error. */
  readonly out: Paint;
  readonly err: Paint;
  readonly loadApp: LoadApp;
  /** Sets the exit code of the run; commands that say nothing end with 0. */
  readonly exit: (code: ExitCode) => void;
}
