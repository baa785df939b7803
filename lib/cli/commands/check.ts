import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { closest } from '../../model/names';
import { PROOFS } from '../../verify/proofs';
import { capacityText } from '../capacity-report';
import { checkData, checkText } from '../check-report';
import type { Context } from '../context';
import { failureData } from '../errors';
import { EXIT } from '../exit-code';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { checkTargets } from '../synthesis';
import { targetsOf } from '../targets';

const HELP = `
Proofs:
${PROOFS.map(({ name, summary }) => `  ${name.padEnd(13)} ${summary}`).join('\n')}

Examples:
  tars check                 mistakes stop with exit code 1, warnings do not
  tars check --only rules    one proof, or several: --only rules,objects
  tars check -o json         the same as data: codes, paths, remedies
  tars check --env staging   one environment

Next: tars synth
`;

/** `tars check`. */
export function checkCommand(context: Context): CommandUnknownOpts {
  return new Command('check')
    .description(
      'Says what is wrong with main.ts, and what is worth knowing: every rule on the model, every proof of\n' +
        'the output, and what the cluster has to have at the peak of the load. Writes nothing.',
    )
    .addOption(appOption())
    .addOption(envOption())
    .addOption(onlyOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out } = context;
      const checks = await withProgress(io.stderr, 'checking', async () => {
        const loaded = await context.loadApp(options.app, io);
        return checkTargets(targetsOf(loaded, { env: options.env }, io.cwd), options.only);
      });
      const issues = checks.flatMap(({ proofs }) => proofs.flatMap((proof) => proof.issues));
      const errors = issues.filter(({ severity }) => severity === 'error');
      const exitCode = errors.length === 0 ? EXIT.ok : EXIT.failure;
      if (options.format === 'json') {
        printJson(io.stdout, { ...checkData(checks), ...failureData({ issues: errors, exitCode }) });
      } else {
        for (const check of checks) io.stdout.write(checkText(check, checks.length === 1, out));
        if (options.only === undefined && errors.length === 0) {
          for (const { systems } of checks) for (const model of systems) io.stdout.write(capacityText(model, out));
        }
      }
      context.exit(exitCode);
    });
}

/** `--only`: some of the proofs, by name. */
function onlyOption(): Option<'--only <proofs>', undefined, undefined, string[]> {
  const names = PROOFS.map(({ name }) => name);
  return new Option('--only <proofs>', `some of the proofs, with commas: ${names.join(', ')}`).argParser(
    (text: string) => {
      const wanted = text.split(',').map((name) => name.trim());
      const unknown = wanted.find((name) => !names.includes(name));
      if (unknown === undefined) return wanted;
      const meant = closest(unknown, names);
      const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean "${meant}"?`;
      throw new InvalidArgumentError(`no proof is called "${unknown}": ${hint}`);
    },
  );
}
