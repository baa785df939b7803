import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { PodUsage } from '../../ops/cluster/usage';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { showLive } from '../live-table';
import { withPlace } from '../ops-options';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars top            CPU and memory of each pod, beside what it asked for and what it may have
  tars top --watch    as it changes; with -o json one object a change and line

A cluster needs metrics-server for it; exit code 1 where it serves no metrics. An engine measures by itself.
`;

/** `tars top`. */
export function topCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('top')
      .description('Shows what pods use, the busiest first.')
      .option('-l, --selector <labels>', 'only pods with these labels')
      .option('-w, --watch', 'go on until Ctrl-C')
      .addOption(formatOption()),
  )
    .addHelpText('after', HELP)
    .action((options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        const read = (): Promise<readonly PodUsage[]> => manager.top(options.selector, signal);
        if (options.watch === true) {
          const rows = { read, nameOf: ({ pod }: PodUsage) => pod, text: usageText };
          await showLive(context, rows, { format: options.format, signal });
        } else if (options.format === 'json') printJson(context.io.stdout, { pods: await read() });
        else context.io.stdout.write(usageText(await read()));
      }),
    );
}

function usageText(pods: readonly PodUsage[]): string {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}Mi`;
  const of = (used: number, limit: number): string => (limit === 0 ? '' : `${Math.round((100 * used) / limit)}%`);
  return table(
    [
      { title: 'POD', text: ({ pod }) => pod },
      { title: 'CPU', text: ({ cpuMillis }) => `${Math.round(cpuMillis)}m`, align: 'right' },
      { title: 'OF REQUEST', text: ({ cpuMillis, requests }) => of(cpuMillis, requests.cpuMillis), align: 'right' },
      { title: 'MEMORY', text: ({ memoryBytes }) => mebibytes(memoryBytes), align: 'right' },
      { title: 'OF LIMIT', text: ({ memoryBytes, limits }) => of(memoryBytes, limits.memoryBytes), align: 'right' },
    ],
    pods,
  );
}
