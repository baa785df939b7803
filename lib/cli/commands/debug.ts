import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { runInPod, withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange } from '../ops-options';
import { findPod } from '../ops-target';
import { timeoutOption, word } from '../ops-values';

const IMAGE = 'busybox:1.37.0';

const HELP = `
Examples:
  tars debug backend -- nslookup tars-postgres      one command
  tars debug -it backend -- sh                      a shell
  tars debug backend --image registry.example/tools:1.4.0 -- psql -h tars-postgres

The container is added to the running pod: it has the pod's network, sees the processes of its target,
runs under the Pod Security Standard "restricted", and ends by itself after an hour. It cannot be removed before;
on an engine it is removed when the command has ended.
`;

/** `tars debug`. */
export function debugCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('debug')
      .description('Adds a container with tools to a running pod, and runs a command in it.')
      .argument('<target>', 'a workload, a component or a pod')
      .argument('[command...]', 'the command, after --')
      .option('--image <name>', 'an image that has the tools and a `sleep`', word, IMAGE)
      .option('-c, --container <name>', 'the container whose processes it sees (default: the first)', word)
      .option('-i, --stdin', 'hand on standard input')
      .option('-t, --tty', 'with a terminal')
      .addOption(timeoutOption()),
  )
    .addHelpText('after', HELP)
    .action((target, command, options) =>
      withSystem(context, options, async (session) => {
        const { manager, signal } = session;
        // Standard output belongs to what a command prints.
        const { stderr } = context.io;
        const pod = await findPod(manager, target, options.container, signal);
        const what = `add a container of ${options.image} to pod ${pod}`;
        await session.confirm(what, options);
        const { image, dryRun, container: of, timeout: timeoutMs } = options;
        const said = command.length === 0 ? '' : ` to run ${command.join(' ')}`;
        const container = await manager.debug(pod, {
          ...{ image, target: of, dryRun, timeoutMs, signal },
          // It stays, whether or not it comes to run.
          onAdded: (added) => {
            const message = `added ${added} of ${image} to ${pod}${said}`;
            return session.done({ kind: 'Pod', name: pod, action: 'Debugged', message }, options, stderr);
          },
        });
        if (dryRun === true) return;
        if (command.length > 0) {
          try {
            await runInPod(context, manager, pod, command, { ...options, container, timeoutMs: undefined, signal });
          } finally {
            await manager.endDebug(pod, container);
          }
        } else stderr.write(`now: tars exec -it -c ${container} pod/${pod} -- sh\n`);
      }),
    );
}
