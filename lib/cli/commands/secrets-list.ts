import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { join } from 'node:path';
import { systemsIn } from '../../constructs/system';
import { parseEnvFile } from '../../model/env-file';
import { secretFilesOf } from '../../synth/secret-files';
import type { Context } from '../context';
import { readText } from '../files';
import { appOption, envOption, formatOption, printJson } from '../options';
import type { Io } from '../io';
import { table } from '../table';
import type { Target } from '../targets';
import { environmentName, targetsOf } from '../targets';

/** What is told about a secret: everything but its value. */
interface ListedSecret {
  readonly environment: string;
  readonly file: string;
  readonly key: string;
  readonly state: 'set' | 'empty' | 'missing';
  readonly mayBeEmpty: boolean;
  readonly readers: readonly string[];
}

const HELP = `
Examples:
  tars secrets list
  tars secrets list -o json | jq -r '.secrets[] | select(.state != "set").key'
`;

/** `tars secrets list`. */
export function secretsListCommand(context: Context): CommandUnknownOpts {
  return new Command('list')
    .summary('list the names, never the values')
    .description('Lists which secrets there are, whether each has a value, and who reads it. Never a value.')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const secrets = targetsOf(loaded, { env: options.env }, io.cwd).flatMap((target) => listed(target, io));
      if (options.format === 'json') {
        printJson(io.stdout, { secrets });
        return;
      }
      io.stdout.write(
        table<ListedSecret>(
          [
            { title: 'file', text: ({ file }) => file },
            { title: 'key', text: ({ key }) => key },
            {
              title: 'state',
              text: ({ state, mayBeEmpty }) => (state === 'empty' && mayBeEmpty ? 'empty, may be' : state),
            },
            { title: 'read by', text: ({ readers }) => readers.join(', ') },
          ],
          secrets,
        ),
      );
    });
}

function listed(target: Target, io: Io): ListedSecret[] {
  const { cluster, compose } = secretFilesOf(systemsIn(target.app), target.layout);
  return [...(cluster === undefined ? [] : [cluster]), ...compose].flatMap(({ path, needs }) => {
    const values = parseEnvFile(readText(io.fs, join(target.layout.root, path)) ?? '', path);
    return needs.map(({ key, mayBeEmpty, readers }): ListedSecret => {
      const value = values.get(key);
      const state = value === undefined ? 'missing' : value === '' ? 'empty' : 'set';
      return { environment: environmentName(target), file: path, key, state, mayBeEmpty, readers };
    });
  });
}
