import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { join } from 'node:path';
import { builtImages } from '../built-images';
import type { BuiltImage } from '../built-images';
import type { Context } from '../context';
import { CliError } from '../errors';
import { EXIT } from '../exit-code';
import { appOption, dryRunOption, engineOption, envOption } from '../options';
import type { Io } from '../io';
import { runSteps } from '../tools';

const HELP = `
Examples:
  tars images build
  tars images build --platform linux/amd64    for another processor than this one's
  tars images build --engine podman --dry-run

Next: tars images load (a local cluster), or tars images push (a registry)
`;

/** `tars images build`. */
export function imagesBuildCommand(context: Context): CommandUnknownOpts {
  return new Command('build')
    .summary('build them')
    .description('Builds the production images with the generated Dockerfiles, by BuildKit.')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(engineOption())
    .option('--platform <platform>', 'what they are to run on, e.g. linux/amd64 (default: this machine)')
    .addOption(dryRunOption())
    .addHelpText('after', HELP)
    .action(async ({ app, env, engine, platform, dryRun }) => {
      const { io } = context;
      const images = builtImages(await context.loadApp(app, io), env, io.cwd);
      if (dryRun !== true) stopWithoutDockerfiles(images, io);
      const steps = images.map(({ reference, dockerfile, context: directory }) => ({
        command: engine,
        args: [
          ...['build', '--file', dockerfile, '--tag', reference],
          ...(platform === undefined ? [] : ['--platform', platform]),
          directory,
        ],
      }));
      runSteps(steps, dryRun === true, context);
      if (dryRun !== true) io.stdout.write(images.map(({ reference }) => `built ${reference}\n`).join(''));
    });
}

function stopWithoutDockerfiles(images: readonly BuiltImage[], io: Io): void {
  const missing = images.flatMap(({ dockerfile, context }) =>
    [dockerfile, context].filter((path) => !io.fs.existsSync(join(io.cwd, path))),
  );
  const [first] = missing;
  if (first === undefined) return;
  const isDockerfile = images.some(({ dockerfile }) => dockerfile === first);
  throw new CliError(
    {
      code: 'TARS5005',
      severity: 'error',
      path: first,
      message: isDockerfile ? 'the Dockerfile is not there' : 'the directory that the image is built from is not there',
      given: missing.join(', '),
      allowed: isDockerfile ? 'the Dockerfiles that `tars synth` writes' : 'your application, where build.context says',
      remedy: isDockerfile ? 'run `tars synth` first' : 'set build.context to the directory of the application',
    },
    EXIT.notFound,
  );
}
