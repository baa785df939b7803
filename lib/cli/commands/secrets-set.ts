import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { systemsIn } from '../../constructs/system';
import { TarsError } from '../../model/issues';
import { closest } from '../../model/names';
import { generateValue } from '../../secrets/generate';
import { setSecret } from '../../secrets/secrets-file';
import { valueIssues } from '../../secrets/validate';
import type { SecretFile } from '../../synth/secret-files';
import { secretFilesOf } from '../../synth/secret-files';
import type { Context } from '../context';
import { CliError } from '../errors';
import { EXIT } from '../exit-code';
import { appOption, envOption } from '../options';
import type { Io } from '../io';
import { planFile } from '../secrets-plan';
import { writePlannedFile } from '../secrets-write';
import type { Target } from '../targets';
import { targetsOf } from '../targets';
import { followUp } from '../secrets-follow-up';

const HELP = `
The value never stands on the command line, where "ps" and the history of the shell would show it.

Examples:
  tars secrets set OPENAI_API_KEY                         asks for it without showing it
  tars secrets set OPENAI_API_KEY < key.txt               reads it, without the last line end
  tars secrets set OPENAI_API_KEY --compose               for this machine only
  tars secrets set JWT_SECRET_KEY --generate --cluster    a new strong value

Next: it prints the commands that bring the new value to the services.
`;

/** A file that has the key, in its environment. */
interface Place {
  readonly target: Target;
  readonly file: SecretFile;
  readonly isCluster: boolean;
}

/** `tars secrets set`. */
export function secretsSetCommand(context: Context): CommandUnknownOpts {
  return new Command('set')
    .summary('set one value')
    .description("Sets one value, in the cluster's file and in Compose's, or in one of them.")
    .argument('<key>', 'name of the secret, see `tars secrets list`')
    .addOption(appOption())
    .addOption(envOption())
    .option('--cluster', 'only the value of the cluster')
    .option('--compose', 'only the value of Compose')
    .option('--generate', 'make a new strong value in place of asking, another one for each file')
    .addHelpText('after', HELP)
    .action(async (key, options) => {
      const { io } = context;
      if (key.includes('=')) throw valueOnCommandLine(key.slice(0, key.indexOf('=')));
      const loaded = await context.loadApp(options.app, io);
      const targets = targetsOf(loaded, { env: options.env ?? 'default' }, io.cwd);
      const all = targets.flatMap(placesIn).filter(({ isCluster }) => {
        if (options.cluster === options.compose) return true;
        return isCluster ? options.cluster === true : options.compose === true;
      });
      const places = all.filter(({ file }) => file.needs.some((need) => need.key === key));
      if (places.length === 0) throw unknownKey(key, all);
      const given = options.generate === true ? undefined : await readValue(key, io);
      check(key, given, places);
      for (const place of places) {
        write(key, given ?? generateValue(io.random), place, io);
        io.stdout.write(`${context.out('green', 'set')} ${key} in ${place.file.path}\n`);
      }
      io.stdout.write(followUp(key, places, context.out));
    });
}

function placesIn(target: Target): Place[] {
  const { cluster, compose } = secretFilesOf(systemsIn(target.app), target.layout);
  return [
    ...(cluster === undefined ? [] : [{ target, file: cluster, isCluster: true }]),
    ...compose.map((file) => ({ target, file, isCluster: false })),
  ];
}

async function readValue(key: string, io: Io): Promise<string> {
  if (io.stdin.isTTY) return io.stdin.askHidden(`${key}: `);
  return (await io.stdin.readAll()).replace(/\r?\n$/, '');
}

function check(key: string, value: string | undefined, places: readonly Place[]): void {
  if (value === undefined) return;
  const issues = places.flatMap(({ file }) =>
    file.needs.filter((need) => need.key === key).flatMap((need) => valueIssues(need, value, file.path)),
  );
  if (issues.length > 0) throw new TarsError(issues);
}

function write(key: string, value: string, { target, file, isCluster }: Place, io: Io): void {
  for (;;) {
    const planned = planFile(file, target, io, isCluster);
    const text = setSecret(planned.text, key, value, file.path);
    if (text === planned.before || writePlannedFile({ ...planned, text }, target.layout, io)) return;
  }
}

function valueOnCommandLine(key: string): CliError {
  return new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: `tars secrets set ${key}`,
      message: 'a value on the command line is seen by every program, and kept in the history of the shell',
      given: `${key}=…`,
      allowed: `the name alone; the value is asked for, or read from standard input`,
      remedy: `choose another value, if this one was real, and run \`tars secrets set ${key}\``,
    },
    EXIT.usage,
  );
}

function unknownKey(key: string, places: readonly Place[]): CliError {
  const known = [...new Set(places.flatMap(({ file }) => file.needs.map((need) => need.key)))].sort();
  const meant = closest(key, known);
  return new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: 'tars secrets set',
      message: 'no service reads a secret of this name',
      given: `"${key}"`,
      allowed: known.length === 0 ? 'nothing: no service reads a secret there' : known.join(', '),
      remedy: meant === undefined ? 'see `tars secrets list`' : `did you mean "${meant}"?`,
    },
    EXIT.notFound,
  );
}
