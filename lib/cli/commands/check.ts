import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Issue } from '../../model/issues';
import { closest } from '../../model/names';
import { PROOFS } from '../../verify/proofs';
import { capacityText } from '../capacity-report';
import { checkData, checkText } from '../check-report';
import type { Context } from '../context';
import { failureData, failureOf } from '../errors';
import type { ExitCode } from '../exit-code';
import { EXIT } from '../exit-code';
import { appOption, envOption, findingsFormatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { scalingText } from '../scaling-report';
import type { SarifFindings } from '../sarif';
import type { Check } from '../synthesis';
import { checkTargets } from '../synthesis';
import { targetsOf } from '../targets';
import { ownVersion } from '../version';
import { WAIVERS_FILE } from '../waivers';

const HELP = `
Proofs:
${PROOFS.map(({ name, summary }) => `  ${name.padEnd(13)} ${summary}`).join('\n')}

Examples:
  tars check                          mistakes stop with exit code 1, warnings do not
  tars check --only admission,parity  two of the proofs
  tars check --on-disk                the committed files, as they are
  tars check -o json                  the same as data: codes, paths, remedies
  tars check -o sarif                 for code hosts, which show each finding at its line
  tars check --env staging            one environment

What was looked at and may stay is said in ${WAIVERS_FILE}.
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
    .option('--on-disk', 'prove the files of dist/ and compose/ as they are, instead of what a run would write')
    .option('--strict', 'fail unless every scaling and balancing policy is followed exactly')
    .addOption(findingsFormatOption())
    .addHelpText('after', HELP)
    .action(async ({ app, env, only, onDisk = false, strict = false, format }) => {
      const { io } = context;
      let mainFile = app ?? 'main.ts';
      try {
        const checks = await withProgress(io.stderr, 'checking', async () => {
          const loaded = await context.loadApp(app, io);
          mainFile = loaded.file;
          const options = { only, onDisk, strict, complete: env === undefined };
          return checkTargets(targetsOf(loaded, { env }, io.cwd), options, io);
        });
        const errors = checks.flatMap(({ proofs }) => proofs.flatMap(({ issues }) => issues.filter(isError)));
        const exitCode = errors.length === 0 ? EXIT.ok : EXIT.failure;
        if (format === 'json')
          printJson(io.stdout, { ...checkData(checks), ...failureData({ issues: errors, exitCode }) });
        else if (format === 'sarif') await printSarif(checks.map(findingsOf), mainFile, exitCode, context);
        else print(checks, only === undefined && errors.length === 0, context);
        context.exit(exitCode);
      } catch (error) {
        // Code hosts want a log of every run.
        const failure = failureOf(error);
        if (format === 'sarif') await printSarif([failure], mainFile, failure.exitCode, context);
        throw error;
      }
    });
}

function print(checks: readonly Check[], withCapacity: boolean, { io, out }: Context): void {
  for (const check of checks) io.stdout.write(checkText(check, checks.length === 1, out));
  if (!withCapacity) return;
  for (const model of checks.flatMap(({ systems }) => systems)) {
    io.stdout.write(capacityText(model, out) + scalingText(model, out));
  }
}

/** The parts that only this format needs are loaded for it. */
async function printSarif(
  findings: readonly SarifFindings[],
  mainFile: string,
  exitCode: ExitCode,
  { io }: Context,
): Promise<void> {
  const { sarifLog } = await import('../sarif.js');
  printJson(io.stdout, sarifLog({ version: ownVersion(io), mainFile, exitCode }, findings));
}

function findingsOf({ target, proofs, emitted, texts }: Check): SarifFindings {
  const issues = proofs.flatMap((proof) => proof.issues);
  const waived = proofs.flatMap((proof) => proof.waived ?? []);
  return { issues, waived, environment: target.environment, emitted, texts };
}

function isError({ severity }: Issue): boolean {
  return severity === 'error';
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
