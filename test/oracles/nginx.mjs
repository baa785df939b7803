// A real nginx of 1.27.3 or later, since the generated configuration resolves names while it runs: the machine's own,
// or the one of Debian testing, unpacked into the testbed's cache (28 MB, some seconds) and run from there.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, writeWhole } from '../testbed/cache.mjs';
import { TerminalError, until } from '../testbed/wait.mjs';

const OLDEST = [1, 27, 3];
const ARCHITECTURES = {
  x64: { loader: 'lib64/ld-linux-x86-64.so.2', libraries: 'x86_64-linux-gnu' },
  arm64: { loader: 'lib/ld-linux-aarch64.so.1', libraries: 'aarch64-linux-gnu' },
};

/** @type {readonly string[] | undefined} */
let found;

/**
 * The words that start nginx.
 * @returns {readonly string[]}
 * @throws when there is none and none can be had
 */
export function nginxCommand() {
  found ??= isNewEnough(['nginx']) ? ['nginx'] : unpacked();
  return found;
}

/** @param {readonly string[]} command */
export function nginxVersion([program = '', ...args] = nginxCommand()) {
  return /nginx\/([\d.]+)/.exec(spawnSync(program, [...args, '-v'], { encoding: 'utf8' }).stderr ?? '')?.[1];
}

/** @param {readonly string[]} command */
function isNewEnough(command) {
  const parts = nginxVersion(command)?.split('.').map(Number);
  if (parts === undefined) return false;
  const [at] = OLDEST.map((part, index) => (parts[index] ?? 0) - part).filter((difference) => difference !== 0);
  return (at ?? 0) >= 0;
}

function unpacked() {
  const root = join(cacheDirectory(), 'nginx-testing');
  const parts = ARCHITECTURES[process.arch];
  if (process.platform !== 'linux' || parts === undefined) missing('and this machine is none that Debian has one for');
  if (!existsSync(root)) {
    if (process.getuid?.() !== 0) missing('and only root can unpack the one of Debian testing');
    if (spawnSync('mmdebstrap', ['--version']).status !== 0)
      missing('and mmdebstrap, which would unpack one, is missing');
    console.log('unpacking nginx of Debian testing');
    writeWhole(root, (folder) => {
      // A mirror may be older than its own promise to be renewed.
      const options = [
        '--variant=extract',
        '--include=nginx,base-files',
        '--aptopt=Acquire::Check-Valid-Until "false"',
      ];
      execFileSync('mmdebstrap', [...options, 'testing', join(folder, 'root')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    });
  }
  const inside = join(root, 'root');
  const libraries = ['lib', 'usr/lib'].map((lib) => join(inside, lib, parts.libraries)).join(':');
  return [join(inside, parts.loader), '--library-path', libraries, join(inside, 'usr/sbin/nginx')];
}

/** @param {string} why */
function missing(why) {
  throw new Error(`nginx ${OLDEST.join('.')} or later is needed: none is in PATH, ${why}`);
}

/**
 * `nginx -t` on a configuration whose files below /tmp go into a folder of their own.
 * @param {string} text
 */
export function testConfiguration(text) {
  const folder = mkdtempSync(join(tmpdir(), 'tars-nginx-'));
  try {
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, text.replaceAll('/tmp/', `${folder}/`));
    const [program = '', ...args] = nginxCommand();
    const { status, stderr } = spawnSync(program, [...args, '-t', '-p', folder, '-e', 'stderr', '-c', file], {
      encoding: 'utf8',
      // Logs go to /dev/stdout, which nginx opens; it cannot open a pipe of ours.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return { ok: status === 0, said: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A port that was free may have been taken before nginx listens on it. */
const PORT_ATTEMPTS = 5;

/**
 * Starts one worker that listens on a free port of the loopback.
 * @param {(port: number) => string} http what stands inside `http { }`
 */
export async function startNginx(http) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), http);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !/Address already in use/i.test(String(error))) throw error;
    }
  }
}

/**
 * @param {number} port
 * @param {(port: number) => string} http
 */
async function startOn(port, http) {
  const folder = mkdtempSync(join(tmpdir(), 'tars-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; keepalive_timeout 1h;
${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${http(port)}
}\n`,
  );
  const [program = '', ...args] = nginxCommand();
  const child = spawn(program, [...args, '-p', folder, '-e', 'stderr', '-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  // All that it said is there by then.
  const ended = new Promise((resolve) => child.once('close', resolve));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!hasEnded()) child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // It writes its process id once it listens; somebody else may answer on that port.
    await until('nginx is there', async () => {
      if (hasEnded()) throw new TerminalError('nginx has ended');
      return existsSync(join(folder, 'pid')) && answers(port);
    });
  } catch (error) {
    await stop();
    throw new Error(`nginx did not start: ${said}`, { cause: error });
  }
  return { port, stop };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
