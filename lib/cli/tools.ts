import type { Context } from './context';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { Io, ProgramResult } from './io';

/** How to get a program that is not there. */
const HINTS: Readonly<Record<string, string>> = {
  docker: 'install Docker, https://docs.docker.com/get-docker, or name another program with --engine',
  podman: 'install Podman, https://podman.io/docs/installation',
  nerdctl: 'install nerdctl, https://github.com/containerd/nerdctl',
  kind: 'install kind, https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  k3d: 'install k3d, https://k3d.io/#installation',
  minikube: 'install minikube, https://minikube.sigs.k8s.io/docs/start',
  kubectl: 'install kubectl, https://kubernetes.io/docs/tasks/tools',
  git: 'install Git, https://git-scm.com/downloads',
  ctr: 'run this on the node itself, where containerd and its ctr are',
};

/** A command line of another program. */
export interface Step {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Runs programs one after the other, each shown before it runs; the first failure ends it.
 * @throws CliError with TARS5005
 */
export function runSteps(steps: readonly Step[], dryRun: boolean, { io, err }: Context): void {
  for (const step of steps) {
    const line = shellLine(step);
    // What would run is the answer to a dry run; else it tells how far we are.
    if (dryRun) io.stdout.write(`${line}\n`);
    else io.stderr.write(`${err('bold', '$')} ${line}\n`);
    if (!dryRun) stopAtFailure(step, io.runProgram(step.command, step.args, { cwd: io.cwd, output: 'inherit' }));
  }
}

/** Asks a program for a word; undefined when it has no answer, or is not there. */
export function askProgram({ command, args }: Step, io: Io): string | undefined {
  const result = io.runProgram(command, args, { cwd: io.cwd, output: 'capture' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The line as one would type it. */
export function shellLine({ command, args }: Step): string {
  return [command, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

/** The failure of a program that is not there. */
export function missingProgram(command: string, errorCode?: string): CliError {
  const missing = errorCode === undefined || errorCode === 'ENOENT';
  return new CliError(
    {
      code: 'TARS5005',
      severity: 'error',
      path: command,
      message: `there is no program "${command}"`,
      given: missing ? 'nothing of this name in the PATH' : errorCode,
      remedy: HINTS[command] ?? `install ${command}`,
    },
    EXIT.notFound,
  );
}

function stopAtFailure(step: Step, { status, errorCode }: ProgramResult): void {
  if (status === 0) return;
  if (errorCode === 'ENOENT') throw missingProgram(step.command);
  throw new CliError({
    code: 'TARS5005',
    severity: 'error',
    path: step.command,
    message: `it failed: ${shellLine(step)}`,
    given: errorCode ?? `exit code ${status ?? 'unknown'}`,
    remedy: 'see what it printed above',
  });
}
