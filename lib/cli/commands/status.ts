import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { DeploymentStatus } from '../../ops/cluster/workload-status';
import type { ClusterInfo } from '../../ops/cluster/usage';
import type { EngineInfo } from '../../ops/manager';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { EXIT } from '../exit-code';
import { showLive } from '../live-table';
import { withPlace } from '../ops-options';
import { age } from '../ops-values';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars status                 every workload of the namespace, and what is wrong with it
  tars status --watch         the same, drawn again as it changes; in a pipe one line a change
  tars status -o json         for programs; with --watch one workload a change and line
  tars status --target compose   the services of the Compose project here

Exit code: 0 when everything has the replicas that it should have, 1 when not, 4 when there is no workload.
`;

/** What to do where nothing runs; most often it is another place that was meant. */
const REMEDY = {
  cluster:
    'say which namespace is meant, by -n NAMESPACE or by `namespace:` in tars.cluster.yaml; or apply the manifests',
  engine: 'say which project is meant, by --file or --project; or start it: `docker compose up`',
};

/** `tars status`. */
export function statusCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('status')
      .description('Says how the workloads are: replicas that are wanted, ready, of the newest version.')
      .option('-w, --watch', 'go on until Ctrl-C')
      .addOption(formatOption()),
  )
    .addHelpText('after', HELP)
    .action((options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        if (options.watch === true) {
          const read = (): Promise<readonly DeploymentStatus[]> => manager.workloads(signal);
          const text = (all: readonly DeploymentStatus[]): string => rowsText(all, context, context.io.stdout.isTTY);
          await showLive(context, { read, nameOf, text }, { format: options.format, signal });
          return;
        }
        const [all, info] = await Promise.all([manager.workloads(signal), manager.getClusterInfo(signal)]);
        if (all.length === 0) {
          const { ClusterError } = await import('../../ops/cluster-client/cluster-error.js');
          const system = 'engine' in info ? 'engine' : 'cluster';
          throw new ClusterError('NotFound', `there is no workload in ${manager.where}`, {
            system,
            remedy: REMEDY[system],
          });
        }
        const isWell = all.every(isAsItShould);
        if (options.format === 'json')
          printJson(context.io.stdout, {
            ...('engine' in info ? { engine: info } : { cluster: info }),
            workloads: all,
            isWell,
          });
        else context.io.stdout.write(`${headText(info)}\n${rowsText(all, context)}${problemsText(all)}`);
        context.exit(isWell ? EXIT.ok : EXIT.failure);
      }),
    );
}

function nameOf({ kind, name }: DeploymentStatus): string {
  return `${kind.toLowerCase()}/${name}`;
}

function isAsItShould({ desired, updated, available, isObserved, problems }: DeploymentStatus): boolean {
  return isObserved && available >= desired && updated >= desired && problems.length === 0;
}

function headText(info: ClusterInfo | EngineInfo): string {
  const phases = Object.entries(info.pods).map(([phase, number]) => `${number} ${phase}`);
  if ('engine' in info) {
    return [`engine ${info.engine}, project ${info.project}, version ${info.version}`, ...phases].join('; ');
  }
  const { context, namespace, version, nodes } = info;
  const ready = nodes === undefined ? [] : [`${nodes.ready} of ${nodes.total} nodes ready`];
  return [`context ${context}, namespace ${namespace}, Kubernetes ${version}`, ...ready, ...phases].join('; ');
}

/** Ages change all the time: where lines are compared they are left out. */
function rowsText(all: readonly DeploymentStatus[], { io, out }: Context, hasAge = true): string {
  if (all.length === 0) return 'no workload\n';
  return table(
    [
      { title: 'WORKLOAD', text: nameOf },
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
