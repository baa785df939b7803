import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context';
import { autoscaleExplainCommand } from './autoscale-explain';
import { autoscaleRunCommand } from './autoscale-run';
import { autoscaleSimulateCommand } from './autoscale-simulate';
import { autoscaleTuneCommand } from './autoscale-tune';

const HELP = `
Examples:
  tars autoscale simulate                           a day of load against the policy in main.ts
  tars autoscale simulate --load load.csv -o svg    a recorded load, as a picture
  tars autoscale simulate --mode threshold          what \`tars autoscale run\` would do
  tars autoscale tune --shape spike                 a policy for a load
  tars autoscale run backend                        scale it on Compose, until Ctrl-C
  tars autoscale explain backend                    why the one in the cluster does what it does
`;

/** `tars autoscale …`. */
export function autoscaleCommand(context: Context): CommandUnknownOpts {
  const command: CommandUnknownOpts = new Command('autoscale')
    .description(
      'What the autoscaler will do, before there is a load, and why it does what it does: by an engine that decides\n' +
        "as the HorizontalPodAutoscaler's own controller does.",
    )
    .addHelpText('after', HELP);
  const commands = [autoscaleSimulateCommand, autoscaleTuneCommand, autoscaleExplainCommand, autoscaleRunCommand];
  for (const create of commands) command.addCommand(create(context));
  return command;
}
