import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { capacityText, capacityData } from '../capacity-report';
import type { Context } from '../context';
import { paintIssue } from '../errors';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { checkTargets } from '../synthesis';
import { environmentName, targetsOf } from '../targets';

const HELP = `
Examples:
  tars check                 mistakes stop with exit code 1, warnings do not
  tars check -o json         the same as data: codes, paths, remedies
  tars check --env staging   one environment

Next: tars synth
`;

/** `tars check`. */
export function checkCommand(context: Context): CommandUnknownOpts {
  return new Command('check')
    .description(
      'Says what is wrong with main.ts, and what is worth knowing: every rule on the model, every check of\n' +
        'the output, and what the cluster has to have at the peak of the load. Writes nothing.',
    )
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out, err } = context;
      const done = await withProgress(io.stderr, 'checking', async () => {
        const loaded = await context.loadApp(options.app, io);
        return checkTargets(targetsOf(loaded, { env: options.env }, io.cwd));
      });
      if (options.format === 'json') {
        const environments = done.map(({ target, issues, result }) => ({
          name: environmentName(target),
          issues,
          capacity: result.systems.map(capacityData),
        }));
        printJson(io.stdout, { environments, issues: [] });
        return;
      }
      for (const { target, issues, result } of done) {
        const services = result.systems.flatMap((model) => model.services).length;
        const warnings = issues.filter(({ severity }) => severity === 'warning').length;
        const verdict = `no mistakes in ${services} services, ${warnings} warning${warnings === 1 ? '' : 's'}`;
        io.stdout.write(`${done.length === 1 ? '' : `${environmentName(target)}: `}${out('green', verdict)}\n`);
        for (const issue of issues) io.stderr.write(`${paintIssue(issue, err)}\n`);
        for (const model of result.systems) io.stdout.write(capacityText(model, out));
      }
    });
}
