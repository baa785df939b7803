import type * as nodeFs from 'node:fs';
import type { RandomBytes } from '../secrets/generate';
import type { WebCrypto } from '../secrets/self-signed';

/** A stream that people or programs read. */
export interface Output {
  write(text: string): void;
  /** Whether a person looks at it: colours and progress are for terminals only. */
  readonly isTTY: boolean;
  /** Width in characters; undefined: not a terminal. */
  readonly columns: number | undefined;
}

/** Where answers come from. */
export interface Input {
  readonly isTTY: boolean;
  /** Everything up to the end of the stream. */
  readAll(): Promise<string>;
  /**
   * Asks a question on the terminal and reads one line without showing it.
   * @throws Aborted when the person presses Ctrl-C
   */
  askHidden(question: string): Promise<string>;
}

/** How another program ended. */
export interface ProgramResult {
  /** Undefined: it could not be started. */
  readonly status: number | undefined;
  /** Why it could not be started, e.g. ENOENT. */
  readonly errorCode: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts another program. `inherit` shows its output as it comes, `capture` keeps it. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly output: 'inherit' | 'capture' },
) => ProgramResult;

/** What the command line needs of a file system. */
export type CliFileSystem = Pick<
  typeof nodeFs,
  | 'chmodSync'
  | 'existsSync'
  | 'fsyncSync'
  | 'closeSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readdirSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmSync'
  | 'statSync'
  | 'writeFileSync'
>;

/** Everything that the command line knows of the world around it; tests hand in their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory, absolute. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly fs: CliFileSystem;
  readonly random: RandomBytes;
  readonly now: () => Date;
  readonly crypto: WebCrypto;
  readonly runProgram: RunProgram;
}

/** Thrown when the person at the keyboard has had enough. */
export class Aborted extends Error {
  public constructor() {
    super('aborted');
    this.name = 'Aborted';
  }
}
