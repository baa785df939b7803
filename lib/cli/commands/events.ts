import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { EventInfo } from '../../ops/cluster/events';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withPlace } from '../ops-options';
import { age } from '../ops-values';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars events                        of the last hour, the newest last
  tars events --warnings             what went wrong
  tars events tars-backend-x         of one object, by its name
  tars events --watch                those that come as well; with -o json one object a line

An engine keeps the last 256 of its events, those of health checks among them; what is older is what the containers
themselves still know: when they were made, started and ended.
`;

/** `tars events`. */
export function eventsCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('events')
      .description('Lists what happened in the namespace, or to the containers of the project.')
      .argument('[name]', 'of one object')
      .option('--warnings', 'only what went wrong')
      .option('-w, --watch', 'go on until Ctrl-C')
      .addOption(formatOption()),
  )
    .addHelpText('after', HELP)
    .action((name, options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        const { io } = context;
        const query = { name, warningsOnly: options.warnings, signal };
        const isJson = options.format === 'json';
        if (options.watch !== true) {
          const events = await manager.events(query);
          if (isJson) printJson(io.stdout, { events });
          else io.stdout.write(eventsText(events, io.now()));
          return;
        }
        for await (const event of manager.followEvents(query)) {
          const { at, type, reason, object, message } = event;
          io.stdout.write(isJson ? `${JSON.stringify(event)}\n` : `${at}  ${type}  ${reason}  ${object}  ${message}\n`);
        }
      }),
    );
}

function eventsText(events: readonly EventInfo[], now: Date): string {
  if (events.length === 0) return 'no event\n';
  return table(
    [
      { title: 'AGE', text: ({ at }) => age(at, now), align: 'right' },
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'REASON', text: ({ reason }) => reason },
      { title: 'OBJECT', text: ({ object }) => object },
      { title: 'TIMES', text: ({ count }) => String(count), align: 'right' },
      { title: 'MESSAGE', text: ({ message }) => message.replace(/\s+/g, ' ') },
    ],
    events,
  );
}
