// @ts-check
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./parts.mjs').Part} Part */

/**
 * Flags of every build. Its result depends neither on the folder it was built in nor on the state of
 * the checkout, and go.mod and go.sum stay as they are committed, whatever GOFLAGS says.
 */
const buildFlags = ['-p', '2', '-trimpath', '-buildvcs=false', '-mod=readonly'];

/**
 * What of the Go installation decides a build's result: its version and the target.
 *
 * @returns {string}
 * @throws if there is no Go
 */
export function goVersion() {
  try {
    return go(['env', 'GOVERSION', 'GOOS', 'GOARCH'], process.cwd(), 'pipe').trim().split(/\s+/).join(' ');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
      throw new Error(
        'the testbed is built with Go, and there is no "go" in PATH: install Go 1.26 or later, see https://go.dev/doc/install',
        { cause: error },
      );
    }
    throw error;
  }
}

/**
 * @param {Part} part
 * @returns {string} the folder with its go.mod
 */
export function sourceDirectory(part) {
  return join(fileURLToPath(new URL('.', import.meta.url)), 'go', part.name);
}

/**
 * The version of the part's module, which go.mod alone decides.
 *
 * @param {Part} part
 * @returns {string}
 */
export function versionOf(part) {
  const file = join(sourceDirectory(part), 'go.mod');
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    const [module, version] = line
      .trim()
      .replace(/^require\s+/, '')
      .split(/\s+/);
    if (module === part.module && version?.startsWith('v')) {
      return version;
    }
  }
  throw new Error(`${file} requires no ${part.module}`);
}

/**
 * @param {Part} part
 * @returns {string[]} what `go build` is told, but for the name of its output
 */
export function buildArguments(part) {
  return [...buildFlags, ...(part.flags ?? []), '-ldflags', linkerFlags(part), ...[part.package].flat()];
}

/**
 * @param {Part} part
 * @returns {string} the value of -ldflags
 */
export function linkerFlags(part) {
  const stamps = Object.entries(part.stamps(versionOf(part)));
  return ['-s', '-w', ...stamps.map(([variable, value]) => `-X ${variable}=${value}`)].join(' ');
}

/**
 * Builds the part; what Go has to say goes to standard error.
 *
 * @param {Part} part
 * @param {string} output the file to write, or a folder that is there
 * @throws if the build fails
 */
export function build(part, output) {
  const args = ['build', '-o', output, ...buildArguments(part)];
  const env = { ...part.env, CGO_ENABLED: part.cgo ? '1' : '0' };
  if (!part.prepare) {
    go(args, sourceDirectory(part), 'inherit', env);
    return;
  }
  const copy = mkdtempSync(join(tmpdir(), 'tars-go-'));
  try {
    cpSync(sourceDirectory(part), copy, { recursive: true });
    part.prepare(copy);
    go(args, copy, 'inherit', env);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {'pipe' | 'inherit'} errors
 * @param {Readonly<Record<string, string>>} [env]
 */
function go(args, cwd, errors, env = { CGO_ENABLED: '0' }) {
  return execFileSync('go', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env, GOWORK: 'off' },
    stdio: ['ignore', 'pipe', errors],
  });
}
