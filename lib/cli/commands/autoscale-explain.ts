import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { explainText } from '../explain-report';
import { withPlace } from '../ops-options';
import { findWorkload } from '../ops-target';
import { formatOption, printJson } from '../options';

const HELP = `
Examples:
  tars autoscale explain              every HorizontalPodAutoscaler of the namespace
  tars autoscale explain backend      one, by what it scales
  tars autoscale explain -o json      for programs

What each metric says is computed anew, as the controller does it. What the controller recommended before is in its
memory alone: that it holds on to it is taken from its own status. Its flags are taken to be the defaults.
`;

/** `tars autoscale explain`. */
export function autoscaleExplainCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('explain')
      .summary('say why a running autoscaler does what it does')
      .description('Says why a HorizontalPodAutoscaler does what it does, and what would have to change.')
      .argument('[service]', 'what it scales: a workload or a component'),
  )
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action((text, options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        const { ClusterManager } = await import('../../ops/cluster/cluster-manager.js');
        if (!(manager instanceof ClusterManager)) {
          throw new InvalidArgumentError(
            'error: a container engine has no HorizontalPodAutoscaler: see `tars autoscale run`',
          );
        }
        const { autoscalerNames, explainAutoscaler } = await import('../../ops/autoscaling/explain.js');
        const { client, namespace } = manager;
        const names =
          text === undefined
            ? await autoscalerNames(client, namespace, signal)
            : [(await findWorkload(manager, text, signal)).name];
        const now = context.io.now().getTime();
        const explained = await Promise.all(
          names.map((name) => explainAutoscaler(client, namespace, name, now, { signal })),
        );
        const { stdout } = context.io;
        if (options.format === 'json') printJson(stdout, { autoscalers: explained });
        else stdout.write(explained.map((one) => explainText(one, context.out)).join('\n'));
      }),
    );
}
