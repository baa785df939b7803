import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { TuneChoice } from '../../ops/autoscaling/tune';
import { frontier, proposedPolicy, tune, tunedPolicy } from '../../ops/autoscaling/tune';
import type { Context } from '../context';
import { EXIT } from '../exit-code';
import { frontierPicture } from '../frontier-picture';
import { adviceText, frontierText, frontierTitle } from '../frontier-report';
import { hoursOption, loadOf, loadOption, peakOption, shapeOption } from '../load-options';
import { intervalOption } from '../ops-values';
import { appOption, envOption, printJson } from '../options';
import { playAgain } from '../play-again';
import { modeOption, playService, startupOption } from '../played-service';
import { withProgress } from '../progress';
import { scaledService, withCpuTarget } from '../scaled-service';
import { targetsOf } from '../targets';

const HELP = `
Every choice of target, minimum and cooldowns is played against the load. What is shown is the
frontier: nothing else is both cheaper and less overloaded. The arrow marks the cheapest that meets
the goal, "now" the policy in main.ts. Below stands what to write there, and the command that plays the same load
again: without --peak another policy means another load. A replica is overloaded when it has more to do than it asked CPU for.

Examples:
  tars autoscale tune --load load.csv --max-overload 60
  tars autoscale tune --shape spike --hours 4
  tars autoscale tune -o svg > frontier.svg     cost against overload
  tars autoscale tune --mode threshold          for \`tars autoscale run\`, which goes by the letter of the policy

Exit code: 0 when a choice meets the goal, 1 when none does.
`;

/** `tars autoscale tune`. */
export function autoscaleTuneCommand(context: Context): CommandUnknownOpts {
  return new Command('tune')
    .summary('find a policy for a load')
    .description('Looks for the cheapest policy that a load overloads for no longer than you allow.')
    .option('--service <name>', 'the service (default: the only one with a policy about CPU)')
    .addOption(loadOption())
    .addOption(shapeOption())
    .addOption(peakOption())
    .addOption(hoursOption())
    .addOption(modeOption())
    .addOption(intervalOption())
    .addOption(startupOption())
    .addOption(
      new Option('--max-overload <seconds>', 'the goal: overloaded for so long at most').argParser(seconds).default(0),
    )
    .addOption(new Option('--least <replicas>', 'minReplicas that are tried, from (default: 2)').argParser(replicas))
    .addOption(appOption())
    .addOption(envOption().default('default'))
    .addOption(
      new Option('-o, --format <format>', 'how to show it').choices(['table', 'svg', 'json']).default('table' as const),
    )
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const service = scaledService(targetsOf(loaded, { env: options.env }, io.cwd), options.service);
      const { policy, targetValue } = service;
      const { least = Math.min(2, policy.maxReplicas) } = options;
      if (least > policy.maxReplicas) {
        throw new InvalidArgumentError(
          `error: --least ${least} is more than the maxReplicas of ${service.path}, ${policy.maxReplicas}`,
        );
      }
      const { peak = policy.maxReplicas * targetValue } = options;
      const trace = await loadOf(options, peak, io);
      const policyWith = ({ targetValue: target, ...choice }: TuneChoice) =>
        withCpuTarget({ ...policy, ...choice }, target);
      const playChoice = (choice: TuneChoice) => playService(service, policyWith(choice), trace, options);
      const { minReplicas, scaleUpCooldownSecs, scaleDownCooldownSecs } = policy;
      const present = tunedPolicy({ targetValue, minReplicas, scaleUpCooldownSecs, scaleDownCooldownSecs }, playChoice);
      const tried = await withProgress(io.stderr, 'playing the load', () =>
        Promise.resolve(tune({ maxReplicas: policy.maxReplicas, leastReplicas: least, play: playChoice })),
      );
      const choices = frontier([present, ...tried]);
      const proposed = proposedPolicy(choices, options.maxOverload);
      const tuning = {
        path: service.path,
        peak: trace.points.reduce((most, { load }) => Math.max(most, load), 0),
        again: playAgain(options, peak),
        ...{ choices, present, proposed, maxOverload: options.maxOverload },
      };
      if (options.format === 'json') {
        const { again } = tuning;
        printJson(io.stdout, {
          service: service.path,
          peak: tuning.peak,
          again,
          present,
          proposed: proposed ?? null,
          choices,
        });
      } else if (options.format === 'svg') io.stdout.write(frontierPicture(tuning));
      else {
        io.stdout.write(`${frontierTitle(tuning)}\n\n${frontierText(tuning)}`);
        io.stdout.write(adviceText(tuning, proposed && policyWith(proposed)));
      }
      context.exit(proposed === undefined ? EXIT.failure : EXIT.ok);
    });
}

function replicas(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number, 1 or more');
}

function seconds(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value < 1e7) return value;
  throw new InvalidArgumentError('Allowed: seconds, 0 or more');
}
