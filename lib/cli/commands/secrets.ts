import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context';
import { secretsInitCommand } from './secrets-init';
import { secretsListCommand } from './secrets-list';
import { secretsSetCommand } from './secrets-set';

const DESCRIPTION = `The values that are never committed: secrets/cluster.env for the cluster's Secret, compose/.env for
Compose, each with values of its own, and for self-signed hosts a development certificate. Other
environments have theirs in secrets/<name>/ and compose/<name>/.`;

const HELP = `
Examples:
  tars secrets init                            make what is missing (tars synth does it, too)
  tars secrets list                            names and states, never values
  tars secrets set OPENAI_API_KEY              asks for the value without showing it
  tars secrets set OPENAI_API_KEY < key.txt    reads it from a file
`;

/** `tars secrets …`. */
export function secretsCommand(context: Context): CommandUnknownOpts {
  const command: CommandUnknownOpts = new Command('secrets').description(DESCRIPTION).addHelpText('after', HELP);
  for (const create of [secretsInitCommand, secretsSetCommand, secretsListCommand]) command.addCommand(create(context));
  return command;
}
