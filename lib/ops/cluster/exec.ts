import type { ExecSession } from '../cluster-client/exec-session';
import { runSession } from '../cluster-client/exec-session';
import type { Place } from './workload';

/** How to run a command in a pod. */
export interface ExecOptions extends Pick<ExecSession, 'container' | 'tty' | 'sizes' | 'timeoutMs' | 'signal'> {
  /** What the command reads; text is sent as UTF-8. @default nothing */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /**
   * Bytes of each stream that are kept. What is more is read and dropped, and the result says so.
   * @default 1048576
   */
  readonly maxOutputBytes?: number | undefined;
  /** Takes the output instead: nothing is kept then, and the container is held back until it returns. */
  readonly onOutput?: ExecSession['onOutput'] | undefined;
}

/** What a command did. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether more output came than was kept. */
  readonly isTruncated: boolean;
}

const MAX_OUTPUT_BYTES = 1 << 20;

/** Runs a command in a pod. @throws ClusterError as {@link runSession}; an exit code is no error */
export function executeInPod(
  { client, namespace }: Place,
  pod: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { container, tty, sizes, timeoutMs, signal } = options;
  return gathered(options, (stdin, onOutput) =>
    runSession(client, {
      ...{ namespace, pod, container, command, tty, sizes, timeoutMs, signal },
      ...{ stdin, onOutput },
    }),
  );
}

/** Runs a command with what it reads, and keeps of its output what is wanted. */
export async function gathered(
  options: Pick<ExecOptions, 'stdin' | 'maxOutputBytes' | 'onOutput'>,
  run: (stdin: ExecSession['stdin'], onOutput: ExecSession['onOutput']) => Promise<number>,
): Promise<ExecResult> {
  const kept = { stdout: new Kept(options.maxOutputBytes), stderr: new Kept(options.maxOutputBytes) };
  const keep: ExecSession['onOutput'] = (stream, chunk) => {
    kept[stream].add(chunk);
  };
  const exitCode = await run(inputOf(options.stdin), options.onOutput ?? keep);
  return {
    exitCode,
    stdout: kept.stdout.text,
    stderr: kept.stderr.text,
    isTruncated: kept.stdout.isTruncated || kept.stderr.isTruncated,
  };
}

/** The first bytes of a stream. */
class Kept {
  public isTruncated = false;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  public constructor(private readonly most = MAX_OUTPUT_BYTES) {}

  public add(chunk: Buffer): void {
    const room = this.most - this.size;
    if (chunk.length > room) this.isTruncated = true;
    if (room <= 0) return;
    // A copy: a piece would keep all of the message.
    const piece = Buffer.from(chunk.subarray(0, room));
    this.chunks.push(piece);
    this.size += piece.length;
  }

  public get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

function inputOf(stdin: ExecOptions['stdin']): AsyncIterable<Uint8Array> | undefined {
  if (stdin === undefined || (typeof stdin !== 'string' && !(stdin instanceof Uint8Array))) return stdin;
  return once(typeof stdin === 'string' ? Buffer.from(stdin, 'utf8') : stdin);
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  await Promise.resolve();
  yield chunk;
}
