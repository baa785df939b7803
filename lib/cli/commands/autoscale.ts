import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context';
import { autoscaleSimulateCommand } from './autoscale-simulate';
import { autoscaleTuneCommand } from './autoscale-tune';

const HELP = `
Examples:
  tars autoscale simulate                         a day of load against the policy in main.ts
  tars autoscale simulate --load load.csv --svg   a recorded load, as a picture
  tars autoscale tune --shape spike               a policy for a load
`;

/** `tars autoscale …`. */
export function autoscaleCommand(context: Context): CommandUnknownOpts {
  const command: CommandUnknownOpts = new Command('autoscale')
    .description(
      'What the autoscaler will do, before there is a load: played with an engine that decides as the\n' +
        "HorizontalPodAutoscaler's own controller does.",
    )
    .addHelpText('after', HELP);
  for (const create of [autoscaleSimulateCommand, autoscaleTuneCommand]) command.addCommand(create(context));
  return command;
}
