import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { builtImages } from '../built-images';
import type { Context } from '../context';
import { CliError } from '../errors';
import { appOption, dryRunOption, engineOption, envOption } from '../options';
import { runSteps } from '../tools';

const HELP = `
Examples:
  tars images push              after \`tars images build\` and \`docker login\`
  tars images push --dry-run

Next: kubectl apply -f dist
`;

/** `tars images push`. */
export function imagesPushCommand(context: Context): CommandUnknownOpts {
  return new Command('push')
    .summary('push them to the registry')
    .description('Pushes the images to the registry that main.ts names (images.registry).')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(engineOption())
    .addOption(dryRunOption())
    .addHelpText('after', HELP)
    .action(async ({ app, env, engine, dryRun }) => {
      const images = builtImages(await context.loadApp(app, context.io), env, context.io.cwd);
      const homeless = images.filter(({ registry }) => registry === undefined);
      if (homeless.length > 0) {
        throw new CliError({
          code: 'TARS3004',
          severity: 'error',
          path: 'images.registry',
          message: 'there is no registry to push to',
          given: homeless.map(({ reference }) => reference).join(', '),
          allowed: 'a registry and a path, e.g. "ghcr.io/acme"',
          remedy: 'set images: { registry } in main.ts; for a local cluster run `tars images load`',
        });
      }
      const steps = images.map(({ reference }) => ({ command: engine, args: ['push', reference] }));
      runSteps(steps, dryRun === true, context);
    });
}
