/** What the process says to whoever started it. A number keeps its meaning for good. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  timeout: 3,
  notFound: 4,
  conflict: 5,
  /** `tars diff`: something differs, and a plain apply does all of it; only where it was asked for. */
  changes: 6,
  /** `tars diff`: something is refused, lost, left over or interrupted unless somebody takes steps. */
  needsHands: 7,
  aborted: 130,
} as const;

declare const OF_COMMAND: unique symbol;
/** `tars exec` ends as the command in the container did. */
type CommandExit = number & { readonly [OF_COMMAND]: true };

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | CommandExit;

/** The exit code of a command that ran elsewhere. */
export function commandExit(code: number): ExitCode {
  return code as CommandExit;
}
