import type { Command, CommandUnknownOpts, OptionValues } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { word } from './ops-values';
import { engineOption } from './options';

/** Where a system runs. */
export const TARGETS = ['kubernetes', 'compose'] as const;

/** Where the system of a command runs. */
export interface PlaceOptions {
  readonly target?: (typeof TARGETS)[number] | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly file?: string | undefined;
  readonly project?: string | undefined;
  readonly engine?: string | undefined;
}

/** Of commands that change something. */
export interface ChangeFlags {
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

/** An interface as a plain object type, which commander's options are. */
type Plain<T> = { readonly [K in keyof T]: T[K] };

/**
 * The options of every command about a running system: where it runs.
 * @param usual what is meant where nobody says so
 */
export function withPlace<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
  usual: (typeof TARGETS)[number] = 'kubernetes',
): Command<Args, Opts & Plain<PlaceOptions>> {
  command
    .addOption(
      new Option('--target <target>', `where it runs (default: the one of tars.cluster.yaml, else ${usual})`).choices(
        TARGETS,
      ),
    )
    .addOption(
      new Option(
        '--context <name>',
        'kubernetes: a context of the kubeconfig (default: the one of tars.cluster.yaml, else the current)',
      ).argParser(word),
    )
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'kubernetes: a kubeconfig (default: $KUBECONFIG, else ~/.kube/config)',
      ).argParser(word),
    )
    .addOption(
      new Option(
        '-n, --namespace <name>',
        'kubernetes: a namespace (default: the one of tars.cluster.yaml, else of the context)',
      ).argParser(word),
    )
    .addOption(
      new Option('--file <file>', 'compose: the compose file (default: compose/docker-compose.yml)').argParser(word),
    )
    .addOption(
      new Option('--project <name>', 'compose: name of the project (default: what the compose file says)').argParser(
        word,
      ),
    )
    .addOption(engineOption());
  return withOptions<Args, Opts & Plain<PlaceOptions>>(command);
}

/** The options of a command that changes something as well. */
export function withChange<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
  usual?: (typeof TARGETS)[number],
): Command<Args, Opts & Plain<ChangeFlags & PlaceOptions>> {
  command
    .addOption(new Option('-y, --yes', 'do not ask'))
    .addOption(new Option('--dry-run', 'let the cluster or the engine check it, and change nothing'));
  return withPlace(withOptions<Args, Opts & Plain<ChangeFlags>>(command), usual);
}

/**
 * Commander adds an option to the command that it was called on. What it makes of the types of a chain is so large that
 * the compiler does not come to an end when it writes them down, so they are said here.
 */
function withOptions<Args extends unknown[], Opts extends OptionValues>(
  command: CommandUnknownOpts,
): Command<Args, Opts> {
  return command as unknown as Command<Args, Opts>;
}
