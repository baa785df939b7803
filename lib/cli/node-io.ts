import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { EXIT } from './exit-code';
import { Aborted } from './io';
import type { Input, Io, Output, RunProgram } from './io';

/** The pieces of a Node process that become an {@link Io}. */
export interface NodeProcess {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  readonly env: Record<string, string | undefined>;
  readonly platform: NodeJS.Platform;
  cwd(): string;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  on(event: 'SIGINT', listener: () => void): unknown;
  off(event: 'SIGINT', listener: () => void): unknown;
}

/**
 * The world as a real process sees it. What is seldom needed is loaded when it is.
 * @param endUnread see {@link Io.endUnread}
 */
export function nodeIo(process: NodeProcess, endUnread: () => void): Io {
  const stderr = outputOf(process.stderr);
  const { crypto } = globalThis;
  return {
    stdout: outputOf(process.stdout),
    stderr,
    stdin: inputOf(process, stderr),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    fs,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    now: () => new Date(),
    crypto,
    runProgram,
    startProgram: async (...words) => (await import('./start-program.js')).startProgram(process, ...words),
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => {
        process.off('SIGINT', listener);
      };
    },
    endUnread,
  };
}

/** `isTTY` of a stream that is no terminal is not false, but not there. */
function isTerminal(stream: ReadStream | WriteStream): boolean {
  return (stream as { isTTY?: boolean }).isTTY === true;
}

function outputOf(stream: WriteStream): Output {
  return {
    write: (text) => {
      stream.write(text);
    },
    isTTY: isTerminal(stream),
    columns: isTerminal(stream) ? stream.columns : undefined,
    rows: isTerminal(stream) ? stream.rows : undefined,
    send: (chunk) =>
      new Promise((resolve) => {
        stream.write(chunk, () => {
          resolve();
        });
      }),
  };
}

function inputOf({ stdin }: NodeProcess, stderr: Output): Input {
  return {
    isTTY: isTerminal(stdin),
    readAll: async () => {
      let text = '';
      stdin.setEncoding('utf8');
      for await (const chunk of stdin) text += String(chunk);
      return text;
    },
    askHidden: async (question) => {
      const { askHidden } = await import('./hidden-input.js');
      return askHidden(stdin, stderr, question);
    },
    ask: async (question, signal) => {
      const { ask } = await import('./visible-input.js');
      return ask(stdin, stderr, question, signal);
    },
    chunks: () => stdin,
    raw: (isRaw) => {
      if (isTerminal(stdin)) stdin.setRawMode(isRaw);
      if (!isRaw) stdin.pause();
    },
  };
}

/** What another program may print: the objects of a whole namespace, say. Node's own bound is 1 MiB. */
const MAX_OUTPUT = 1 << 28;

const runProgram: RunProgram = (command, args, { cwd, output }) => {
  const stdio = output === 'inherit' ? 'inherit' : 'pipe';
  const result = spawnSync(command, args, { cwd, stdio, encoding: 'utf8', maxBuffer: MAX_OUTPUT });
  // Many end by themselves when Ctrl-C reaches them, Docker for one, with the code that the shell would give.
  if (result.signal === 'SIGINT' || result.status === EXIT.aborted) throw new Aborted();
  return {
    status: result.status ?? undefined,
    errorCode: (result.error as NodeJS.ErrnoException | undefined)?.code,
    stdout: captured(result.stdout),
    stderr: captured(result.stderr),
  };
};

/** Null where nothing was captured, and where the program could not be started. */
function captured(text: string | null): string {
  return text ?? '';
}
