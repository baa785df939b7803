import fc from 'fast-check';
import { frames } from '../../../lib/ops/engine-client/frames';
import { frame } from '../../support/fake-engine';

async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  const at = [...new Set(cuts.map((cut) => (bytes.length === 0 ? 0 : cut % bytes.length)))].sort((a, b) => a - b);
  for (const [i, start] of [0, ...at].entries()) yield bytes.subarray(start, at[i] ?? bytes.length);
}

async function read(source: AsyncIterable<Buffer>): Promise<{ stdout: string; stderr: string; ends: number }> {
  const got = { stdout: '', stderr: '', ends: 0 };
  for await (const { stream, chunk, isEnd } of frames(source, 'x')) {
    got[stream] += chunk.toString('latin1');
    if (isEnd) got.ends++;
  }
  return got;
}

const written = fc.array(
  fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), text: fc.string({ minLength: 1 }) }),
);

test('however the bytes are cut, the streams are the same', async () => {
  await fc.assert(
    fc.asyncProperty(written, fc.array(fc.nat()), async (all, cuts) => {
      const bytes = Buffer.concat(all.map(({ stream, text }) => frame(stream, Buffer.from(text, 'latin1'))));
      const of = (name: string): string =>
        all.map(({ stream, text }) => (stream === name ? Buffer.from(text, 'latin1').toString('latin1') : '')).join('');
      expect(await read(pieces(bytes, cuts))).toEqual({ stdout: of('stdout'), stderr: of('stderr'), ends: all.length });
    }),
  );
});

test('a large frame is handed on in pieces, as they come', async () => {
  const big = frame('stdout', Buffer.alloc(1 << 20));
  const sizes: number[] = [];
  for await (const { chunk } of frames(pieces(big, [9, 65_536, 131_072]), 'x')) sizes.push(chunk.length);
  expect(sizes).toEqual([1, 65_527, 65_536, (1 << 20) + 8 - 131_072]);
});

test.each([
  ['in a header', frame('stdout', 'abc').subarray(0, 5)],
  ['in a frame', frame('stdout', 'abc').subarray(0, 10)],
])('an end %s is a lost connection', async (_, bytes) => {
  await expect(read(pieces(bytes, []))).rejects.toMatchObject({ code: 'ConnectionLost' });
});

test('what has no frames is said to have none', async () => {
  await expect(read(pieces(Buffer.from('<html>sorry</html>'), [3]))).rejects.toMatchObject({
    code: 'ApiUnavailable',
    message: 'x: the engine sent something that is no frame',
  });
});

test('the engine’s own error is a failure, in its words', async () => {
  const bytes = Buffer.concat([frame('stdout', 'a'), frame('system', 'the disk is full')]);
  await expect(read(pieces(bytes, [12]))).rejects.toMatchObject({ code: 'Refused', message: 'x: the disk is full' });
});
