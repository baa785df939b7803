import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context';
import { hoursOption, loadOf, loadOption, peakOption, shapeOption } from '../load-options';
import { intervalOption } from '../ops-values';
import { appOption, envOption } from '../options';
import { modeOption, playService, startupOption, thresholdsOf } from '../played-service';
import { scaledService } from '../scaled-service';
import { simulationPicture } from '../simulation-picture';
import { simulationText } from '../simulation-report';
import { targetsOf } from '../targets';

const HELP = `
The load is what all replicas together have to do, in percent of the CPU request of one: 250 at a
target of 60 is work for five. It spreads evenly over the replicas that are Ready. Only CPU is moved by it.

Examples:
  tars autoscale simulate                                    a day
  tars autoscale simulate --shape spike --hours 2 --peak 900
  tars autoscale simulate --load load.csv -o svg > load.svg
  tars autoscale simulate --mode threshold --interval 5s     what \`tars autoscale run --interval 5s\` would do
  tars autoscale simulate -o json                            every step, for programs
`;

/** `tars autoscale simulate`. */
export function autoscaleSimulateCommand(context: Context): CommandUnknownOpts {
  return new Command('simulate')
    .summary('play a load against the policy')
    .description('Plays a load against the autoscaler of a service: replicas, load and reasons over time.')
    .option('--service <name>', 'the service (default: the only one with a policy about CPU)')
    .addOption(loadOption())
    .addOption(shapeOption())
    .addOption(peakOption())
    .addOption(hoursOption())
    .addOption(modeOption())
    .addOption(intervalOption())
    .addOption(startupOption())
    .addOption(appOption())
    .addOption(envOption().default('default'))
    .addOption(
      new Option('-o, --format <format>', 'how to show it').choices(['text', 'svg', 'json']).default('text' as const),
    )
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const service = scaledService(targetsOf(loaded, { env: options.env }, io.cwd), options.service);
      const { policy, targetValue } = service;
      const trace = await loadOf(options, policy.maxReplicas * targetValue, io);
      const simulation = playService(service, policy, trace, options);
      const thresholds = thresholdsOf(policy, options);
      const beyond = thresholds.length === 0 ? '' : `, thresholds ${thresholds.join(' and ')} %`;
      const bounds = `${policy.minReplicas} to ${policy.maxReplicas} replicas`;
      const title = `${service.path}: ${bounds}, target ${targetValue} %${beyond}`;
      if (options.format === 'json') io.stdout.write(`${JSON.stringify({ title, ...simulation }, null, 2)}\n`);
      else if (options.format === 'svg')
        io.stdout.write(simulationPicture({ title, policy, targetValue, thresholds }, simulation));
      else io.stdout.write(simulationText(title, simulation, io.stdout.columns ?? 80));
    });
}
