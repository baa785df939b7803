import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { ClusterManager } from '../../ops/cluster/cluster-manager';
import {
  contextOption,
  kubeconfigOption,
  namespaceOption,
  tryOption,
  withCluster,
  yesOption,
} from '../cluster-session';
import type { Context } from '../context';
import { commandExit } from '../exit-code';
import { findPod } from '../ops-target';
import { timeoutOption } from '../ops-values';

const HELP = `
Examples:
  tars exec backend -- python -V            in a ready pod of the backend
  tars exec -it backend -- sh               a shell, if the image has one; else see \`tars debug\`
  tars exec -i postgres -- psql < dump.sql  with input

A command can change anything, so it is asked about as every change is.
Exit code: the command's own. What this tool says itself goes to standard error.
`;

/** `tars exec`. */
export function execCommand(context: Context): CommandUnknownOpts {
  return new Command('exec')
    .description('Runs a command in a container.')
    .argument('<target>', 'a workload, a component or a pod')
    .argument('<command...>', 'the command, after --')
    .option('-c, --container <name>', 'which container (default: the first)')
    .option('-i, --stdin', 'hand on standard input')
    .option('-t, --tty', 'with a terminal')
    .addOption(timeoutOption())
    .addOption(yesOption())
    .addOption(tryOption())
    .addOption(contextOption())
    .addOption(kubeconfigOption())
    .addOption(namespaceOption())
    .addHelpText('after', HELP)
    .action((target, command, options) =>
      withCluster(context, options, async (session) => {
        const { manager, signal } = session;
        const pod = await findPod(manager, target, signal);
        const what = `run ${command.join(' ')} in pod ${pod}`;
        await session.confirm(what, options);
        if (options.dryRun === true) return;
        await manager
          .audit({ kind: 'Pod', name: pod, action: 'Executed', message: `will ${what}` }, signal)
          .catch((error: unknown) => {
            context.io.stderr.write(`warning: no Event was left: ${String(error)}\n`);
          });
        await runInPod(context, manager, pod, command, { ...options, timeoutMs: options.timeout, signal });
      }),
    );
}

/** Joins a command to the streams of this process, and ends as it ends. */
export async function runInPod(
  context: Context,
  manager: ClusterManager,
  pod: string,
  command: readonly string[],
  options: {
    readonly container?: string | undefined;
    readonly stdin?: true | undefined;
    readonly tty?: true | undefined;
    readonly timeoutMs?: number | undefined;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { io } = context;
  const tty = options.tty === true && io.stdin.isTTY;
  if (tty) io.stdin.raw(true);
  try {
    const { exitCode } = await manager.executeInPod(pod, command, {
      container: options.container,
      tty,
      stdin: options.stdin === true ? io.stdin.chunks() : undefined,
      sizes: tty ? oneSize(io.stdout.columns ?? 80, io.stdout.rows ?? 24) : undefined,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      onOutput: (stream, chunk) => (stream === 'stdout' ? io.stdout : io.stderr).send(chunk),
    });
    context.exit(commandExit(exitCode));
  } finally {
    if (options.stdin === true || tty) io.stdin.raw(false);
  }
}

async function* oneSize(columns: number, rows: number): AsyncGenerator<{ columns: number; rows: number }> {
  await Promise.resolve();
  yield { columns, rows };
}
