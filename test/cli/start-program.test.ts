import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeIo } from '../../lib/cli/node-io';
import { startProgram } from '../../lib/cli/start-program';

const start = startProgram.bind(undefined, process);
const quiet = new AbortController().signal;
const node = (script: string, signal = quiet): ReturnType<typeof startProgram> =>
  start(process.execPath, ['-e', script], { cwd: process.cwd(), signal });

test.each([
  ['its code', 'console.log("out"); console.error("err"); process.exitCode = 3', { status: 3, signal: undefined }],
  ['a signal', 'console.log("out"); console.error("err"); process.kill(process.pid, "SIGKILL")', { signal: 'SIGKILL' }],
])('a program ends by %s, its output apart', async (_, script, end) => {
  expect(await node(script)).toMatchObject({ stdout: 'out\n', stderr: 'err\n', errorCode: undefined, ...end });
});

test('a program that is not there', async () => {
  const result = await start('no-such-program', [], { cwd: process.cwd(), signal: quiet });

  expect(result).toMatchObject({ status: undefined, errorCode: 'ENOENT', signal: undefined });
});

test.each([
  ['interrupted', 'process.exit(130)', { status: 130 }],
  ['killed when it does not heed that', 'undefined', { status: undefined, signal: 'SIGKILL' }],
])('a program that is called off is %s', async (_, onInterrupt, end) => {
  const directory = mkdtempSync(join(tmpdir(), 'tars-start-'));
  const ready = join(directory, 'ready');
  const listens = `process.on("SIGINT", () => ${onInterrupt}); setInterval(() => {}, 1000);`;
  const says = `require("node:fs").writeFileSync(${JSON.stringify(ready)}, "");`;
  const abort = new AbortController();
  const ended = node(listens + says, abort.signal);
  // Not before it listens.
  while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 20));
  abort.abort();

  expect(await ended).toMatchObject(end);
  rmSync(directory, { recursive: true });
});

test('it is in a process group of its own, where Ctrl-C does not reach it', async () => {
  const group = 'console.log(require("child_process").execSync(`ps -o pgid= -p ${process.pid}`).toString().trim())';
  const own = spawnSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' }).stdout.trim();

  expect((await node(group)).stdout.trim()).not.toBe(own);
});

test.each([
  ['by SIGINT', 'process.kill(process.pid, "SIGINT"); setInterval(() => {}, 1000)'],
  ['with 130, as Docker does', 'process.exit(130)'],
])('a program that Ctrl-C has ended calls off what waits for it: %s', (_, script) => {
  const { runProgram } = nodeIo(process, () => undefined);

  expect(() => runProgram(process.execPath, ['-e', script], { cwd: '.', output: 'capture' })).toThrow('aborted');
});
