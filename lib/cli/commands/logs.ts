import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withPlace } from '../ops-options';
import { findTarget } from '../ops-target';
import { count, duration, word } from '../ops-values';
import { formatOption } from '../options';

const HELP = `
Examples:
  tars logs backend                 what all pods of the backend have said
  tars logs backend -f --tail 20    the last lines, and what comes, of new pods as well
  tars logs pod/x --previous        the last words of a container that was started again
  tars logs -f                      everything in the namespace
  tars logs backend -o json         one object a line: pod, container, timestamp, text

A connection that breaks is taken up where it was: no line is lost or doubled.
`;

/** `tars logs`. */
export function logsCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('logs')
      .description('Prints the logs of pods, those of one workload or all of the namespace.')
      .addArgument(new Argument('[target]', 'a workload, a component or a pod'))
      .option('-f, --follow', 'go on until Ctrl-C')
      .option('-c, --container <name>', 'only this container', word)
      .option('-p, --previous', 'of the containers before their last restart')
      .option('--timestamps', 'print when each line was written')
      .addOption(new Option('--tail <lines>', 'only the last lines of each container').argParser(count))
      .addOption(new Option('--since <duration>', 'not older than e.g. 10m').argParser(duration))
      .addOption(formatOption()),
  )
    .addHelpText('after', HELP)
    .action((text, options) => {
      if (options.follow === true && options.previous === true) {
        throw new InvalidArgumentError(
          'error: --follow and --previous exclude each other: what has ended goes on no more',
        );
      }
      return withSystem(context, options, async ({ manager, signal }) => {
        const { io, out } = context;
        const target = text === undefined ? undefined : await findTarget(manager, text, signal);
        const isPod = target?.kind === 'Pod';
        const lines = manager.monitorPodLogs({
          ...(isPod ? { pod: target.name } : {}),
          ...(target === undefined || isPod ? {} : { labelSelector: await manager.selectorOf(target, signal) }),
          container: options.container,
          follow: options.follow ?? false,
          previous: options.previous,
          tailLines: options.tail,
          sinceSeconds: options.since === undefined ? undefined : Math.max(1, Math.ceil(options.since / 1000)),
          onNotice: (notice) => {
            io.stderr.write(`${notice}\n`);
          },
          signal,
        });
        for await (const line of lines) {
          const when = options.timestamps === true ? `${line.timestamp} ` : '';
          const who = isPod ? '' : `${out('cyan', `${line.pod}/${line.container}`)} `;
          const row = options.format === 'json' ? JSON.stringify(line) : `${who}${when}${line.text}`;
          // A reader that is slow slows the server down.
          await io.stdout.send(Buffer.from(`${row}\n`));
        }
      });
    });
}
