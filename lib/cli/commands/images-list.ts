import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { builtImages } from '../built-images';
import type { BuiltImage } from '../built-images';
import type { Context } from '../context';
import { appOption, envOption, formatOption, printJson } from '../options';
import { table } from '../table';

/** `tars images list`. */
export function imagesListCommand(context: Context): CommandUnknownOpts {
  return new Command('list')
    .summary('list them')
    .description('Lists the images that the project builds, and what they are built from.')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .action(async ({ app, env, format }) => {
      const { io } = context;
      const images = builtImages(await context.loadApp(app, io), env, io.cwd);
      if (format === 'json') {
        printJson(io.stdout, { images });
        return;
      }
      io.stdout.write(
        table<BuiltImage>(
          [
            { title: 'image', text: ({ reference }) => reference },
            { title: 'dockerfile', text: ({ dockerfile }) => dockerfile },
            { title: 'context', text: ({ context: directory }) => directory },
            { title: 'run by', text: ({ services }) => services.join(', ') },
          ],
          images,
        ),
      );
    });
}
