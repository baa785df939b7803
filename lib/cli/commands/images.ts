import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context';
import { imagesBuildCommand } from './images-build';
import { imagesListCommand } from './images-list';
import { imagesLoadCommand } from './images-load';
import { imagesPushCommand } from './images-push';

const HELP = `
Examples:
  tars images build              build all of them with the Dockerfiles in docker/
  tars images load               put them into the local cluster that kubectl talks to
  tars images push               push them to images.registry
  tars images build --dry-run    print the commands only
`;

/** `tars images …`. */
export function imagesCommand(context: Context): CommandUnknownOpts {
  const command: CommandUnknownOpts = new Command('images')
    .description(
      'The images that the project builds itself: names and tags come from main.ts, as everywhere else.\n' +
        'Compose builds its own ones on `up`, this is for clusters.',
    )
    .addHelpText('after', HELP);
  for (const create of [imagesBuildCommand, imagesPushCommand, imagesLoadCommand, imagesListCommand]) {
    command.addCommand(create(context));
  }
  return command;
}
