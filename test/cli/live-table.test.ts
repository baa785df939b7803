import { showLive } from '../../lib/cli/live-table';
import type { Format } from '../../lib/cli/options';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly label?: string;
}

const text = (rows: readonly Row[]): string => {
  if (rows.length === 0) return 'no row\n';
  const width = Math.max(...rows.map(({ name }) => name.length));
  return `${'NAME'.padEnd(width)}  STATE\n${rows.map(({ name, state }) => `${name.padEnd(width)}  ${state}\n`).join('')}`;
};
const a = { name: 'a', state: 'waits' };
const isWell = { name: 'a', state: 'runs' };
const b = { name: 'b', state: 'runs' };

/** What is written at each look; Ctrl-C is pressed at the last one. */
async function written(
  looks: readonly (readonly Row[])[],
  { isTTY = false, format = 'table' }: { readonly isTTY?: boolean; readonly format?: Format } = {},
): Promise<string[]> {
  const abort = new AbortController();
  const said: string[] = [];
  const stdout = {
    isTTY,
    columns: undefined,
    write: (it: string) => {
      said.push((said.pop() ?? '') + it);
    },
    send: () => Promise.reject(new Error('it is not a stream of bytes')),
  };
  const read = (): Promise<readonly Row[]> => {
    said.push('');
    if (said.length === looks.length) abort.abort();
    return Promise.resolve(looks[said.length - 1] ?? []);
  };
  const io = { stdout } as unknown as Parameters<typeof showLive>[0]['io'];
  const nameOf = ({ name }: Row): string => name;
  await showLive({ io, out: (_, it) => it }, { read, nameOf, text }, { format, signal: abort.signal, everyMs: 1 });
  return said;
}

test('on a terminal the whole table is drawn again, over the one before', async () => {
  const clear = '\u001B[H\u001B[2J';

  expect(await written([[a, b], [a, b], [b]], { isTTY: true })).toEqual([
    `${clear}NAME  STATE\na  waits\nb  runs\nCtrl-C ends this\n`,
    `${clear}NAME  STATE\na  waits\nb  runs\nCtrl-C ends this\n`,
    `${clear}NAME  STATE\nb  runs\nCtrl-C ends this\n`,
  ]);
});

test('in a pipe one line for each row that has changed, and none while nothing has', async () => {
  expect(await written([[a, b], [a, b], [isWell, b], [isWell, b], [isWell], [isWell, b]])).toEqual([
    'NAME  STATE\na  waits\nb  runs\n',
    '',
    'a  runs\n',
    '',
    'b  gone\n',
    'b  runs\n',
  ]);
});

test('in a pipe a row that comes changes no other one, although the columns move', async () => {
  expect(await written([[a], [a, { name: 'a-long-name', state: 'runs' }]])).toEqual([
    'NAME  STATE\na  waits\n',
    'a-long-name  runs\n',
  ]);
});

test('in a pipe that there is none is said once, and is no row that could go', async () => {
  expect(await written([[], [], [a], []])).toEqual(['no row\n', '', 'NAME  STATE\na  waits\n', 'no row\na  gone\n']);
});

test.each([true, false])('as JSON one object for each change and line; terminal: %s', async (isTTY) => {
  const looks = [[a, b], [a, b], [isWell, b], [isWell], []];

  const lines = (await written(looks, { isTTY, format: 'json' })).map((said) =>
    said.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown])),
  );

  expect(lines).toEqual([[a, b], [], [isWell], [{ ...b, isGone: true }], [{ ...isWell, isGone: true }]]);
});

test('as JSON a field that the table does not show is a change as well', async () => {
  const labelled = { ...a, label: 'x' };

  expect(await written([[a], [labelled]], { format: 'json' })).toEqual([
    `${JSON.stringify(a)}\n`,
    `${JSON.stringify(labelled)}\n`,
  ]);
});

test('what fails ends it', async () => {
  const context = { io: { stdout: { isTTY: false } }, out: String } as unknown as Parameters<typeof showLive>[0];
  const rows = { read: () => Promise.reject(new Error('no answer')), nameOf: String, text: String };

  await expect(showLive(context, rows, { format: 'table', signal: new AbortController().signal })).rejects.toThrow(
    'no answer',
  );
});
