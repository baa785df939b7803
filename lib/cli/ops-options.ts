import type { Command, OptionValues } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
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

/** The options of every command about a running system: where it runs. */
// Its return type is what commander makes of the chain.
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types
export function withPlace<Args extends unknown[], Opts extends OptionValues>(command: Command<Args, Opts>) {
  return command
    .addOption(
      new Option('--target <target>', 'where it runs (default: the one of tars.cluster.yaml, else kubernetes)').choices(
        TARGETS,
      ),
    )
    .addOption(
      new Option(
        '--context <name>',
        'kubernetes: a context of the kubeconfig (default: the one of tars.cluster.yaml, else the current)',
      ),
    )
    .addOption(
      new Option('--kubeconfig <file>', 'kubernetes: a kubeconfig (default: $KUBECONFIG, else ~/.kube/config)'),
    )
    .addOption(
      new Option(
        '-n, --namespace <name>',
        'kubernetes: a namespace (default: the one of tars.cluster.yaml, else of the context)',
      ),
    )
    .addOption(new Option('--file <file>', 'compose: the compose file (default: compose/docker-compose.yml)'))
    .addOption(new Option('--project <name>', 'compose: name of the project (default: what the compose file says)'))
    .addOption(engineOption());
}

/** The options of a command that changes something as well. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types
export function withChange<Args extends unknown[], Opts extends OptionValues>(command: Command<Args, Opts>) {
  return withPlace(
    command
      .addOption(new Option('-y, --yes', 'do not ask'))
      .addOption(new Option('--dry-run', 'let the cluster or the engine check it, and change nothing')),
  );
}
