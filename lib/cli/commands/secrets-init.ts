import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { join } from 'node:path';
import { SECRET_PATHS } from '../../model/secret-paths';
import type { Context } from '../context';
import { paintIssue } from '../errors';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import type { SecretsResult } from '../secrets-write';
import { initSecrets } from '../secrets-write';
import { environmentName, targetsOf } from '../targets';

const HELP = `
Examples:
  tars secrets init                        all environments
  tars secrets init --env staging          one of them
  tars secrets init --renew-certificate    another development certificate, by the same authority

Next: tars synth
`;

/** `tars secrets init`. */
export function secretsInitCommand(context: Context): CommandUnknownOpts {
  return new Command('init')
    .summary('make the values that are missing')
    .description(
      'Makes the secrets files, or adds the keys that they lack, each with a strong value. A value that\n' +
        'is there is never changed or lost. Files have mode 0600, directories of secrets 0700.',
    )
    .addOption(appOption())
    .addOption(envOption())
    .option('--renew-certificate', 'make the development certificate anew')
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out, err } = context;
      const results = await withProgress(io.stderr, 'making secrets', async () => {
        const loaded = await context.loadApp(options.app, io);
        const done: SecretsResult[] = [];
        for (const target of targetsOf(loaded, { env: options.env }, io.cwd)) {
          const { root, secrets } = target.layout;
          if (options.renewCertificate === true) {
            io.fs.rmSync(join(root, secrets, SECRET_PATHS.certificate), { force: true });
          }
          done.push(await initSecrets(target, io));
        }
        return done;
      });
      const issues = results.flatMap((result) => result.issues);
      if (options.format === 'json') {
        const environments = results.map(({ plan, written }) => ({ name: environmentName(plan.target), written }));
        printJson(io.stdout, { environments, issues });
        return;
      }
      const written = results.flatMap((result) => result.written);
      for (const { path, added, created } of written) {
        const keys = added.length === 0 ? '' : `: ${added.join(', ')}`;
        io.stdout.write(`${out('green', created ? 'created' : 'added to')} ${path}${keys}\n`);
      }
      if (written.length === 0) io.stdout.write('nothing is missing\n');
      for (const issue of issues) io.stderr.write(`${paintIssue(issue, err)}\n`);
    });
}
