import { EventEmitter } from 'node:events';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../../lib/cli/context';
import { createProgram, onlyReads } from '../../lib/cli/run';
import type { PrintingProcess } from '../../lib/cli/unread';
import { watchOutput } from '../../lib/cli/unread';

class Fake extends EventEmitter {
  public readonly stdout = new EventEmitter();
  public readonly stderr = new EventEmitter();
  public readonly said: string[] = [];
  /** How it was ended at once. */
  public readonly ends: (number | undefined)[] = [];
  public exitCode: number | undefined;
  public readonly endUnread: () => void;

  public constructor() {
    super();
    Object.assign(this.stderr, { write: (text: string) => this.said.push(text) });
    this.endUnread = watchOutput(this as unknown as PrintingProcess);
  }

  public exit(code?: number): void {
    this.ends.push(code);
  }
}

const plain = (_: string, text: string): string => text;
const IO = { stdout: {}, stderr: {}, env: {} };
const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test.each([
  ['a change whose reader has gone ends with its own code', false, [gone, gone], [], undefined, 0],
  ['a change whose output is lost is no success', false, [full, full], [], 1, 1],
  ['what only reads ends with its reader', true, [gone], [undefined], undefined, 0],
  ['what only reads ends with a full disk', true, [full], [1], 1, 1],
])('%s', (_, reads, errors, ends, exitCode, lines) => {
  const process = new Fake();
  if (reads) process.endUnread();
  for (const error of errors) process.stdout.emit('error', error);
  process.emit('exit', 0);

  expect([process.ends, process.exitCode, process.said.length]).toEqual([ends, exitCode, lines]);
});

test('a code that says what failed stays', () => {
  const process = new Fake();
  process.stdout.emit('error', full);
  process.exitCode = 5;
  process.emit('exit', 5);

  expect(process.exitCode).toBe(5);
});

test('a reader of standard error that has gone ends nothing', () => {
  const process = new Fake();
  process.endUnread();

  expect(() => process.stderr.emit('error', gone)).not.toThrow();
  expect(process.ends).toEqual([]);
});

test('all commands but those that change or hold something end with their reader', async () => {
  const context = { io: IO, out: plain, err: plain } as unknown as Context;
  const program = await createProgram(['completion'], context);
  const lasting: string[] = [];
  const walk = (command: CommandUnknownOpts, words: readonly string[]): void => {
    if (command.commands.length === 0 && !onlyReads(command)) lasting.push(words.join(' '));
    command.commands.forEach((child) => {
      walk(child, [...words, child.name()]);
    });
  };
  walk(program, []);

  expect(lasting).toEqual([
    ...['synth', 'secrets init', 'secrets set', 'images build', 'images push', 'images load', 'autoscale run'],
    ...['exec', 'debug', 'restart', 'scale', 'rollout undo', 'forward', 'completion', 'complete'],
  ]);
});
