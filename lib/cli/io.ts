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
  /** Height in lines. */
  readonly rows?: number | undefined;
  /** Writes bytes as they are, and waits until the reader has taken them. */
  send(chunk: Uint8Array): Promise<void>;
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
  /** Asks a question on the terminal and reads one line, unless the signal ends it before. @throws Aborted */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** What comes, as it comes. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Whether keys come as they are pressed, Ctrl-C among them; for terminals. */
  raw(isRaw: boolean): void;
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

/** Starts another program whose output is kept, and does not stand still meanwhile. Ctrl-C does not reach it; the signal ends it. */
export type StartProgram = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly signal: AbortSignal },
) => Promise<
  ProgramResult & {
    /** The signal that ended it, such as SIGKILL. */
    readonly signal: string | undefined;
  }
>;

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
  readonly startProgram: StartProgram;
  /** Calls the listener when the person presses Ctrl-C, instead of ending; returns what takes it back. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** From now on the process ends as soon as nobody takes what it prints: for what changes and holds nothing. */
  readonly endUnread: () => void;
}

/** Thrown when the person at the keyboard has had enough. */
export class Aborted extends Error {
  public constructor() {
    super('aborted');
    this.name = 'Aborted';
  }
}
