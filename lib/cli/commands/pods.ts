import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { PodInfo } from '../../ops/cluster/pod-info';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import type { Io } from '../io';
import { showLive } from '../live-table';
import { withPlace } from '../ops-options';
import { age } from '../ops-values';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars pods                         all pods of the namespace
  tars pods -l component=backend    those of one component
  tars pods --watch                 as they change; with -o json one object a change and line
  tars pods --target compose        containers of the Compose project here
`;

/** `tars pods`. */
export function podsCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('pods')
      .description('Lists pods: what they do, how often they were started again, where they run.')
      .option('-l, --selector <labels>', 'only pods with these labels')
      .option('-w, --watch', 'go on until Ctrl-C')
      .addOption(formatOption()),
  )
    .addHelpText('after', HELP)
    .action((options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        const read = (): Promise<readonly PodInfo[]> => manager.listPods(options.selector, signal);
        if (options.watch === true) {
          const text = (pods: readonly PodInfo[]): string => podsText(pods, context.io, context.io.stdout.isTTY);
          await showLive(context, { read, nameOf: ({ name }) => name, text }, { format: options.format, signal });
        } else if (options.format === 'json') printJson(context.io.stdout, { pods: await read() });
        else context.io.stdout.write(podsText(await read(), context.io));
      }),
    );
}

/** Ages change all the time: where lines are compared they are left out. */
function podsText(pods: readonly PodInfo[], io: Io, hasAge = true): string {
  if (pods.length === 0) return 'no pod\n';
  const main = ({ containers }: PodInfo): PodInfo['containers'] => containers.filter(({ kind }) => kind === 'main');
  return table(
    [
      { title: 'POD', text: ({ name }) => name },
      {
        title: 'READY',
        text: (pod) => `${main(pod).filter((one) => one.isReady).length}/${main(pod).length}`,
        align: 'right',
      },
      { title: 'STATUS', text: ({ status }) => status },
      { title: 'RESTARTS', text: ({ restarts }) => String(restarts), align: 'right' },
      ...(hasAge
        ? [{ title: 'AGE', text: ({ createdAt }: PodInfo) => age(createdAt, io.now()), align: 'right' as const }]
        : []),
      ...(pods.some(({ node }) => node !== undefined)
        ? [{ title: 'NODE', text: ({ node = '' }: PodInfo) => node }]
        : []),
    ],
    pods,
  );
}
