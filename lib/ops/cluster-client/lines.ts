/** A line of a stream of bytes, without its end. */
export interface Line {
  readonly text: string;
  /** Whether its end was seen; only the last line may lack one. */
  readonly isWhole: boolean;
}

/** Bytes of the longest line: one without an end must not fill the memory. */
const LONGEST = 64 << 20;

/**
 * Lines of UTF-8 text. Reads on only when the line before was taken.
 * @throws whatever the source throws; the piece of a line that had come by then is not given
 */
export async function* lines(source: AsyncIterable<unknown>): AsyncGenerator<Line, void, undefined> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    let chunk = piece as Buffer;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10)) {
      rest.push(chunk.subarray(0, end));
      yield { text: Buffer.concat(rest).toString('utf8'), isWhole: true };
      rest = [];
      size = 0;
      chunk = chunk.subarray(end + 1);
    }
    if (chunk.length === 0) continue;
    rest.push(chunk);
    size += chunk.length;
    if (size > LONGEST) throw new RangeError(`a line is longer than ${LONGEST} bytes`);
  }
  if (size > 0) yield { text: Buffer.concat(rest).toString('utf8'), isWhole: false };
}
