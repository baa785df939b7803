import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { note, runInPod, withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange } from '../ops-options';
import { findPod } from '../ops-target';
import { timeoutOption, word } from '../ops-values';

const HELP = `
Examples:
  tars exec backend -- python -V            in a ready pod of the backend, else in one that runs
  tars exec -it backend -- sh               a shell, if the image has one; else see \`tars debug\`
  tars exec -i postgres -- psql < dump.sql  with input

A command can change anything, so it is asked about as every change is.
Exit code: the command's own. What this tool says itself goes to standard error.
`;

/** `tars exec`. */
export function execCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('exec')
      .description('Runs a command in a container.')
      .argument('<target>', 'a workload, a component or a pod')
      .argument('<command...>', 'the command, after --')
      .option('-c, --container <name>', 'which container (default: the first)', word)
      .option('-i, --stdin', 'hand on standard input')
      .option('-t, --tty', 'with a terminal')
      .addOption(timeoutOption()),
  )
    .addHelpText('after', HELP)
    .action((target, command, options) =>
      withSystem(context, options, async (session) => {
        const { manager, signal } = session;
        const pod = await findPod(manager, target, options.container, signal);
        const what = `run ${command.join(' ')} in pod ${pod}`;
        await session.confirm(what, options);
        if (options.dryRun === true) return;
        await note(context, manager, { kind: 'Pod', name: pod, action: 'Executed', message: `will ${what}` });
        await runInPod(context, manager, pod, command, { ...options, timeoutMs: options.timeout, signal });
      }),
    );
}
