import { Command, CommanderError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Issue } from '../model/issues';
import { COMMANDS, COMPLETION_SUMMARY, loadAppLazily } from './command-table';
import type { Context } from './context';
import type { Failure } from './errors';
import { failureJson, failureOf, paintIssue } from './errors';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import type { Io } from './io';
import type { LoadApp } from './load-app';
import { paintFor } from './paint';
import { ownVersion } from './version';

const EXAMPLES = `
Examples:
  tars synth                  write dist/, compose/ and docker/ from main.ts
  tars check                  look for mistakes only
  tars synth --check          in CI: fail when the committed output is not fresh
  tars graph --format svg     draw who talks to whom

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 timed out, 4 not found, 5 conflict, 130 aborted;
of \`tars diff\` also 6 changes, 7 needs hands.
`;

/**
 * Runs one command line. The only place where a failure becomes words and an exit code.
 * @param argv the arguments after the program's name
 */
export async function run(argv: readonly string[], io: Io, loadApp: LoadApp = loadAppLazily): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const context: Context = {
    io,
    out: paintFor(io.stdout, io.env),
    err: paintFor(io.stderr, io.env),
    loadApp,
    exit: (code) => {
      exitCode = code;
    },
  };
  try {
    const program = await createProgram(argv, context);
    if (argv.every((word) => word === '--debug')) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const failure = error instanceof CommanderError ? usageFailure(error, argv) : failureOf(error);
    report(failure, argv, context);
    if (argv.includes('--debug')) io.stderr.write(`${debugText(error)}\n`);
    return failure.exitCode;
  }
}

/** The program with the command that is called; the others are known by name and summary. */
export async function createProgram(argv: readonly string[], context: Context): Promise<CommandUnknownOpts> {
  const { io } = context;
  const program = new Command('tars')
    .description('One typed service model, synthesized to Kubernetes, Docker Compose and Dockerfiles that agree.')
    .option('--debug', 'print where an error comes from')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => {
        io.stderr.write(text);
      },
      // Failures are worded by run().
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => context.out('bold', '') !== '',
      getErrHasColors: () => context.err('bold', '') !== '',
    })
    .configureHelp({ styleTitle: (title) => context.out('bold', title) })
    .addHelpText('after', EXAMPLES);
  if (argv.some((word) => ['--version', '-V', '--help', '-h', 'help'].includes(word))) program.version(ownVersion(io));
  program.hook('preAction', (_, command) => {
    if (onlyReads(command)) io.endUnread();
  });
  const called = argv.find((word) => !word.startsWith('-'));
  const wanted = called === 'help' ? argv[argv.indexOf('help') + 1] : called;
  const completes = wanted === 'completion' || wanted === 'complete';
  for (const entry of COMMANDS) {
    const command = entry.name === wanted || completes ? await entry.create(context) : new Command(entry.name);
    program.addCommand(adopt(command.summary(entry.summary), program));
  }
  if (completes) await (await import('./completion.js')).addCompletion(program);
  else program.addCommand(adopt(new Command('completion').summary(COMPLETION_SUMMARY), program));
  return program;
}

/** Whether it changes and holds nothing. */
export function onlyReads(command: CommandUnknownOpts): boolean {
  const { parent } = command;
  if (parent?.parent === null || parent === null)
    return COMMANDS.some((one) => one.name === command.name() && one.reads === true);
  const { reads } = COMMANDS.find((one) => one.name === parent.name()) ?? {};
  return Array.isArray(reads) && reads.includes(command.name());
}

/** Gives a command, and those below it, the program's ways to write and to fail. */
function adopt(command: CommandUnknownOpts, parent: CommandUnknownOpts): CommandUnknownOpts {
  command.copyInheritedSettings(parent);
  if (!command.options.some((option) => option.long === '--debug')) {
    command.option('--debug', 'print where an error comes from');
  }
  for (const child of command.commands) adopt(child, command);
  return command;
}

function usageFailure(error: CommanderError, argv: readonly string[]): Failure {
  const named = argv.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-')).slice(0, 2);
  const known = COMMANDS.some(({ name }) => name === named[0]) ? ` ${named[0] ?? ''}` : '';
  const [message = '', ...suggestions] = error.message.replace(/^error: /, '').split('\n');
  const issue: Issue = {
    code: 'TARS5004',
    severity: 'error',
    path: `tars${known}`,
    message,
    remedy: [...suggestions.map((line) => line.replace(/^\((.*)\)$/, '$1')), `see \`tars${known} --help\``].join('; '),
  };
  return { issues: [issue], exitCode: EXIT.usage };
}

function report(failure: Failure, argv: readonly string[], { io, err }: Context): void {
  // Who called it off needs no reason, and lines of a stream of JSON are not to be spoilt.
  if (failure.exitCode !== EXIT.aborted && wantsJson(argv)) io.stdout.write(failureJson(failure));
  else for (const issue of failure.issues) io.stderr.write(`${paintIssue(issue, err)}\n`);
  const { exitCode, left } = failure;
  if (exitCode === EXIT.aborted) io.stderr.write(left === undefined ? 'aborted\n' : `aborted: ${left}\n`);
}

/** Read without the parser, whose failure it may be. Flags may be joined, as in `-fo json`; -n and -c take what is joined to them. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  // What stands behind is another program's.
  const own = end < 0 ? argv : argv.slice(0, end);
  return own.some(
    (word, i) =>
      /^(-[^-nco=]*o=?json|--format=json)$/.test(word) ||
      (/^(-[^-nco=]*o|--format)$/.test(word) && own[i + 1] === 'json'),
  );
}

function debugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${debugText(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}
