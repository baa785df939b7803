import { engineError } from './engine-error';

/** A piece of what a container wrote. */
export interface Piece {
  readonly stream: 'stdout' | 'stderr';
  readonly chunk: Buffer;
  /** Whether the frame ends with it. */
  readonly isEnd: boolean;
}

const HEADER_BYTES = 8;
const STREAMS = ['stdout', 'stdout', 'stderr'] as const;
/** What the engine itself has to say; it is short. */
const SYSTEM_ERROR = 3;
const MOST_WORDS = 4096;

/**
 * Takes apart what the engine puts together of standard output and standard error: frames, each with a header of
 * eight bytes. A frame may come in many pieces, and a piece may hold many frames; nothing is gathered.
 *
 * @param what for messages
 * @throws ClusterError ConnectionLost when the source ends inside of a frame, ApiUnavailable when it has no frames;
 *   whatever the source throws
 * @see https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerAttach
 */
export async function* frames(source: AsyncIterable<unknown>, what: string): AsyncGenerator<Piece, void, undefined> {
  let header = Buffer.alloc(0);
  let type = 0;
  let left = 0;
  let words = '';
  for await (const one of source) {
    let chunk = one as Buffer;
    while (chunk.length > 0) {
      if (left === 0) {
        const missing = HEADER_BYTES - header.length;
        header = Buffer.concat([header, chunk.subarray(0, missing)]);
        chunk = chunk.subarray(missing);
        if (header.length < HEADER_BYTES) break;
        type = header.readUInt8(0);
        if (type > SYSTEM_ERROR || header.readUIntBE(1, 3) !== 0) {
          throw engineError('ApiUnavailable', `${what}: the engine sent something that is no frame`);
        }
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const part = chunk.subarray(0, left);
      chunk = chunk.subarray(part.length);
      left -= part.length;
      const stream = STREAMS[type];
      if (stream !== undefined) {
        yield { stream, chunk: part, isEnd: left === 0 };
        continue;
      }
      if (words.length < MOST_WORDS) words += part.toString('utf8');
      if (left === 0) throw engineError('Refused', `${what}: ${words.trim()}`);
    }
  }
  if (left > 0 || header.length > 0) {
    throw engineError('ConnectionLost', `${what}: the connection ended in the middle of a frame`, { retryable: true });
  }
}
