import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { ask } from '../../lib/cli/visible-input';

function terminal(): { readonly stdin: PassThrough; readonly stderr: Parameters<typeof ask>[1]; said: () => string } {
  let text = '';
  const stderr = {
    isTTY: true,
    columns: 80,
    write: (more: string) => {
      text += more;
    },
    send: () => Promise.resolve(),
  };
  return { stdin: new PassThrough(), stderr, said: () => text };
}

test.each(['y', ''])('one line is the answer: %j', async (line) => {
  const { stdin, stderr, said } = terminal();
  const answer = ask(stdin as unknown as ReadStream, stderr, 'go on? ', new AbortController().signal);
  stdin.write(`${line}\nmore\n`);

  expect([await answer, said()]).toEqual([line, 'go on? ']);
});

test.each<[string, (stdin: PassThrough, abort: () => void) => void]>([
  [
    'the signal',
    (_, abort) => {
      abort();
    },
  ],
  ['the end of the input', (stdin) => stdin.end()],
])('%s ends a question', async (_, end) => {
  const { stdin, stderr } = terminal();
  const controller = new AbortController();
  const answer = ask(stdin as unknown as ReadStream, stderr, 'go on? ', controller.signal);
  end(stdin, () => {
    controller.abort();
  });

  await expect(answer).rejects.toThrow('aborted');
  expect(stdin.isPaused()).toBe(true);
});

test('what was called off before is not asked', async () => {
  const { stdin, stderr, said } = terminal();

  await expect(ask(stdin as unknown as ReadStream, stderr, 'go on? ', AbortSignal.abort())).rejects.toThrow('aborted');
  expect(said()).toBe('');
});
