// What the steps need beside Node and npm, and how a Debian or Ubuntu machine gets it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A tool is there if one of `commands` is in PATH, or `present` says so.
 * @type {Record<string, { commands: string[], packages?: string[], present?: () => boolean, hint: string }>}
 */
const tools = {
  python: {
    commands: ['python3'],
    // Debian packs venv apart from Python.
    present: () => inPath('python3') && spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0,
    packages: ['python3', 'python3-venv'],
    hint: 'Python 3.11 or later with venv',
  },
  postgres: {
    commands: ['postgres'],
    // Debian keeps the server out of PATH.
    present: () => inPath('postgres') || debianPostgres(),
    packages: ['postgresql'],
    hint: 'PostgreSQL 15 or later',
  },
  redis: { commands: ['redis-server'], packages: ['redis-server'], hint: 'Redis 7 or later' },
  chromium: {
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium'],
    hint: 'Chromium or Chrome',
  },
  // nginx itself comes from Debian testing: a stable release is too old for names that are resolved at run time.
  mmdebstrap: { commands: ['mmdebstrap'], packages: ['mmdebstrap'], hint: 'mmdebstrap, or nginx 1.27.3 or later' },
  certutil: { commands: ['certutil'], packages: ['libnss3-tools'], hint: 'certutil, of NSS' },
  openssl: { commands: ['openssl'], packages: ['openssl'], hint: 'OpenSSL' },
  // Distributions' Go is too old for Kubernetes' modules.
  go: { commands: ['go'], hint: 'Go, see https://go.dev/doc/install' },
};

/**
 * Installs what is missing where it can, and says aloud what it cannot; the step that needs it fails
 * by itself then.
 * @param {string[]} names
 */
export function install(names) {
  const missing = names.filter((name) => !isThere(name));
  const packages = missing.flatMap((name) => toolOf(name).packages ?? []);
  const prefix = asRoot();
  if (packages.length > 0 && prefix !== undefined && inPath('apt-get')) {
    console.log(`=== installing ${packages.join(' ')}`);
    // RUNLEVEL=1: Debian's packages do not start their servers then.
    const apt = (/** @type {string[]} */ ...args) => [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'RUNLEVEL=1',
      'apt-get',
      '-q',
      '-y',
      '-oDPkg::Lock::Timeout=600', // somebody else may be at it
      ...args,
    ];
    for (const [command = '', ...args] of [apt('update'), apt('install', '--no-install-recommends', ...packages)]) {
      spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    }
  }
  for (const name of missing) if (!isThere(name)) console.log(`missing: ${toolOf(name).hint}`);
}

/** @param {string} name */
function toolOf(name) {
  const tool = tools[name];
  if (tool === undefined) throw new Error(`no such tool: ${name}`);
  return tool;
}

/** @param {string} name */
function isThere(name) {
  const { commands, present } = toolOf(name);
  return present === undefined ? commands.some(inPath) : present();
}

/** How to run something as root: the words before it, or undefined if that is not possible. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return inPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function debianPostgres() {
  const folder = '/usr/lib/postgresql';
  return (
    existsSync(folder) && readdirSync(folder).some((version) => existsSync(join(folder, version, 'bin', 'postgres')))
  );
}

/** @param {string} command */
function inPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
