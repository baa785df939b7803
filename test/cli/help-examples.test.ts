import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { COMMANDS } from '../../lib/cli/command-table';
import type { Context } from '../../lib/cli/context';
import { createProgram } from '../../lib/cli/run';
import { useProject } from './fake-io';

const project = useProject();

/** Every command line of the examples in a help text, without its comment. */
function examplesIn(help: string): readonly string[] {
  const [, block = ''] = /\nExamples:\n((?: {2}.*\n)+)/.exec(help) ?? [];
  return block
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}.*$/, ''))
    .filter((line) => line !== '');
}

/** The words that a shell hands to `tars`: quotes are taken off, what follows a pipe or an arrow is not tars' own. */
function wordsOf(example: string): readonly string[] {
  const words = example.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^(?:\d*>{1,2}|\||&&|\d*<)/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

const nothing = { write: () => undefined };
/** What the parser asks of the world. */
const CONTEXT = {
  io: {
    stdout: nothing,
    stderr: nothing,
    env: {},
    endUnread: () => undefined,
    fs: { existsSync: () => true, readFileSync: () => '{"version":"1.2.3"}' },
  },
  out: (_: string, text: string) => text,
  err: (_: string, text: string) => text,
} as unknown as Context;

/** The real parser, in which no command does anything but say that it was called. */
async function parse(words: readonly string[], called: (name: string) => void): Promise<void> {
  const program = await createProgram(words, CONTEXT);
  const replace = (command: CommandUnknownOpts): void => {
    if (command.commands.length === 0) {
      command.action(() => {
        called(command.name());
      });
    }
    command.commands.forEach(replace);
  };
  replace(program);
  await program.parseAsync([...words], { from: 'user' });
}

/** Every command and those below it, as one types them; `completion` has lines for the files of shells instead. */
async function commandLines(): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [[]];
  for (const { name, create } of COMMANDS) {
    const walk = (command: CommandUnknownOpts, path: readonly string[]): void => {
      all.push(path);
      for (const child of command.commands) walk(child, [...path, child.name()]);
    };
    walk(await create(CONTEXT), [name]);
  }
  return all;
}

test('every example of every help is a command line that the parser takes', async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const path of await commandLines()) {
    const { stdout } = await project().run([...path, '--help']);
    const examples = examplesIn(stdout);
    for (const example of examples) {
      const [program, ...words] = wordsOf(example);
      const calls: string[] = [];
      const problem = await parse(words, (name) => calls.push(name)).then(
        () => (calls.length === 1 ? undefined : `${calls.length} commands are called`),
        (error: unknown) => String(error),
      );
      count++;
      if (program !== 'tars' || problem !== undefined) wrong.push(`${path.join(' ')}: ${example}: ${problem ?? ''}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(80);
});

test.each([
  [
    'tars autoscale simulate --load load.csv -o svg > load.svg',
    ['tars', 'autoscale', 'simulate', '--load', 'load.csv', '-o', 'svg'],
  ],
  ["tars x --query 'rps=sum(a[1m])' 2>&1", ['tars', 'x', '--query', 'rps=sum(a[1m])']],
])('%s: what the shell hands over', (example, words) => {
  expect(wordsOf(example)).toEqual(words);
});

test('an option that does not exist is noticed', async () => {
  await expect(parse(['autoscale', 'simulate', '--svg'], () => undefined)).rejects.toThrow("unknown option '--svg'");
});
