import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { DeploymentStatus } from '../../ops/cluster/workload-status';
import type { ClusterInfo } from '../../ops/cluster/usage';
import { contextOption, kubeconfigOption, namespaceOption, withCluster } from '../cluster-session';
import type { ClusterSession } from '../cluster-session';
import type { Context } from '../context';
import { EXIT } from '../exit-code';
import { showLive } from '../live-table';
import { age } from '../ops-values';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars status                 every workload of the namespace, and what is wrong with it
  tars status --watch         the same, drawn again as it changes; in a pipe one line a change
  tars status -o json         for programs

Exit code: 0 when everything has the replicas that it should have, 1 when not.
`;

/** `tars status`. */
export function statusCommand(context: Context): CommandUnknownOpts {
  return new Command('status')
    .description('Says how the workloads of the namespace are: replicas that are wanted, ready, of the newest version.')
    .option('-w, --watch', 'go on until Ctrl-C')
    .addOption(contextOption())
    .addOption(kubeconfigOption())
    .addOption(namespaceOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action((options) =>
      withCluster(context, options, async (session) => {
        if (options.watch === true && options.format === 'table') {
          await showLive(
            context,
            async () => rowsText(await workloads(session), context, context.io.stdout.isTTY),
            session.signal,
          );
          return;
        }
        const [all, info] = await Promise.all([workloads(session), session.manager.getClusterInfo(session.signal)]);
        const isWell = all.every(isAsItShould);
        if (options.format === 'json') printJson(context.io.stdout, { cluster: info, workloads: all, isWell });
        else context.io.stdout.write(`${headText(info)}\n${rowsText(all, context)}${problemsText(all)}`);
        context.exit(isWell ? EXIT.ok : EXIT.failure);
      }),
    );
}

async function workloads({ manager, signal }: ClusterSession): Promise<readonly DeploymentStatus[]> {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  return (await Promise.all(kinds.map((kind) => manager.listWorkloads(kind, signal)))).flat();
}

function isAsItShould({ desired, updated, available, isObserved, problems }: DeploymentStatus): boolean {
  return isObserved && available >= desired && updated >= desired && problems.length === 0;
}

function headText({ context, namespace, version, nodes, pods }: ClusterInfo): string {
  const phases = Object.entries(pods).map(([phase, number]) => `${number} ${phase}`);
  const ready = nodes === undefined ? [] : [`${nodes.ready} of ${nodes.total} nodes ready`];
  return [`context ${context}, namespace ${namespace}, Kubernetes ${version}`, ...ready, ...phases].join('; ');
}

/** Ages change all the time: where lines are compared they are left out. */
function rowsText(all: readonly DeploymentStatus[], { io, out }: Context, hasAge = true): string {
  if (all.length === 0) return 'no workload\n';
  return table(
    [
      { title: 'WORKLOAD', text: ({ kind, name }) => `${kind.toLowerCase()}/${name}` },
      { title: 'READY', text: ({ ready, desired }) => `${ready}/${desired}`, align: 'right' },
      { title: 'UPDATED', text: ({ updated }) => String(updated), align: 'right' },
      ...(hasAge
        ? [
            {
              title: 'AGE',
              text: ({ createdAt }: DeploymentStatus) => age(createdAt, io.now()),
              align: 'right' as const,
            },
          ]
        : []),
      { title: 'STATE', text: (one) => (isAsItShould(one) ? 'ok' : one.isPaused ? 'paused' : 'not yet') },
      { title: 'IMAGES', text: ({ images }) => images.join(', ') },
    ],
    all,
  ).replace(/ not yet /g, ` ${out('yellow', 'not yet')} `);
}

function problemsText(all: readonly DeploymentStatus[]): string {
  return all.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}\n`)).join('');
}
