import type { ClusterError } from '../ops/cluster-client/cluster-error';
import type { Issue } from '../model/issues';
import { formatIssue, ISSUE_CODES, sortIssues } from '../model/issues';
import type { ExitCode } from './exit-code';
import { EXIT } from './exit-code';
import { Aborted } from './io';
import type { Paint } from './paint';

/** A failure of this tool that is no fact about the user's model. */
export class CliError extends Error {
  public constructor(
    public readonly issue: Issue,
    public readonly exitCode: ExitCode = EXIT.failure,
    cause?: unknown,
  ) {
    super(issue.message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
  }
}

/** A failure as data: what to print, and the exit code. */
export interface Failure {
  readonly issues: readonly Issue[];
  readonly exitCode: ExitCode;
  /** What there is after a change that was called off midway. */
  readonly left?: string | undefined;
}

/** What an exception means. Anything that this tool did not throw is reported as its own mistake. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Aborted) return { issues: [], exitCode: EXIT.aborted };
  if (error instanceof CliError) return { issues: [error.issue], exitCode: error.exitCode };
  const cluster = clusterFailure(error);
  if (cluster !== undefined) return cluster;
  const issues = issuesOf(error);
  if (issues !== undefined) return { issues: sortIssues(issues), exitCode: EXIT.failure };
  const message = error instanceof Error ? error.message : String(error);
  return {
    issues: [
      {
        code: 'TARS5007',
        severity: 'error',
        path: 'tars',
        message: `an unexpected error: ${message}`,
        remedy: 'run it again with --debug and report what it prints',
      },
    ],
    exitCode: EXIT.failure,
  };
}

/** Failures of operations that scripts tell apart; all others are plain failures. */
const CLUSTER_EXITS: Readonly<Record<string, ExitCode>> = {
  ...{ Timeout: EXIT.timeout, NotFound: EXIT.notFound, ObjectDeleted: EXIT.notFound, Aborted: EXIT.aborted },
  ...{ Conflict: EXIT.conflict, PreconditionFailed: EXIT.conflict, ScaleSuperseded: EXIT.conflict },
  ...{ ManagedByAutoscaler: EXIT.conflict, WrongCluster: EXIT.usage, Unconfirmed: EXIT.usage, Unsupported: EXIT.usage },
};

type ClusterFailure = Pick<ClusterError, 'code' | 'issueCode' | 'left' | 'remedy' | 'system'>;

/** An operation on a cluster that failed, recognised by its name: the library is not loaded for it. */
function clusterFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || error.name !== 'ClusterError') return undefined;
  const { code, issueCode, left, remedy, message, system } = error as Error & ClusterFailure;
  const exitCode = CLUSTER_EXITS[code] ?? EXIT.failure;
  if (code === 'Aborted') return { issues: [], exitCode, left };
  return { issues: [{ code: issueCode, severity: 'error', path: system, message, remedy }], exitCode };
}

/** The issues of a TarsError, also of one that another copy of this library threw. */
export function issuesOf(error: unknown): readonly Issue[] | undefined {
  if (!(error instanceof Error) || error.name !== 'TarsError' || !('issues' in error)) return undefined;
  return Array.isArray(error.issues) ? (error.issues as readonly Issue[]) : undefined;
}

/** An issue in colour: its first line by severity, the rest dim. */
export function paintIssue(issue: Issue, paint: Paint): string {
  const [head = '', ...rest] = formatIssue(issue).split('\n');
  const colour = { error: 'red', warning: 'yellow', notice: 'cyan' } as const;
  const label = `${issue.severity} ${issue.code}`;
  return [
    paint(colour[issue.severity], label) + head.slice(label.length),
    ...rest.map((line) => paint('dim', line)),
  ].join('\n');
}

/** Stable words for scripts: a failure as data. */
export function failureData(failure: Failure): object {
  const issues = failure.issues.map((issue) => ({ ...issue, meaning: ISSUE_CODES[issue.code] }));
  return { issues, exitCode: failure.exitCode };
}

/** `-o json` prints failures in this form, too. */
export function failureJson(failure: Failure): string {
  return `${JSON.stringify(failureData(failure), null, 2)}\n`;
}
