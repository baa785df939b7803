import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Command } from 'commander';
import { COMPLETION_SUMMARY } from './command-table';

const DESCRIPTION = `Prints a script for your shell, which then completes commands and options when you press Tab.`;

const HELP = `
Examples:
  bash        tars completion bash > ~/.local/share/bash-completion/completions/tars
  zsh         tars completion zsh > "\${fpath[1]}/_tars"
  fish        tars completion fish > ~/.config/fish/completions/tars.fish
  powershell  tars completion powershell >> $PROFILE
`;

/** Adds `tars completion <shell>`, and the hidden `tars complete` that the scripts call. */
export async function addCompletion(program: CommandUnknownOpts): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  shorten(program);
  // The typed Command is the same class under another name.
  tab(program as unknown as Command, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.summary(COMPLETION_SUMMARY)
    .description(DESCRIPTION)
    .addHelpText('after', HELP);
}

/** Beside a completion there is room for one line. */
function shorten(command: CommandUnknownOpts): void {
  if (command.summary() !== '') command.description(command.summary());
  for (const child of command.commands) shorten(child);
}
