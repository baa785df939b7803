// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * What the node and the engine take from Debian (or Ubuntu): a file that tells whether the package is
 * there, and what for.
 *
 * @type {Readonly<Record<string, { file: string, use: string }>>}
 */
const packages = {
  'libseccomp-dev': { file: '/usr/include/seccomp.h', use: 'runc filters system calls' },
  'libc6-dev': { file: '/usr/include/stdio.h', use: 'runc, ollama and the pause program are built with it' },
  gcc: { file: '/usr/bin/gcc', use: 'the same' },
  'g++': { file: '/usr/bin/g++', use: 'ollama is C++ inside' },
  'pkg-config': { file: '/usr/bin/pkg-config', use: 'runc finds libseccomp by it' },
  iptables: { file: '/usr/sbin/iptables', use: 'kube-proxy, kube-router, the engine and portmap write rules' },
  ipset: { file: '/usr/sbin/ipset', use: 'kube-router keeps addresses in sets' },
  conntrack: { file: '/usr/sbin/conntrack', use: 'kube-proxy forgets connections of UDP' },
  tini: { file: '/usr/bin/tini-static', use: 'the engine adds it to containers with `init: true`' },
  iproute2: { file: '/usr/sbin/ip', use: 'the bridge' },
  openssl: { file: '/usr/bin/openssl', use: 'certificates between the API server and the metrics server' },
  mmdebstrap: { file: '/usr/bin/mmdebstrap', use: 'the base of all images' },
};

/**
 * Installs what is missing, if this is root on such a system.
 *
 * @throws with the command, if it is not
 */
export function installPackages() {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name]?.file ?? ''));
  if (missing.length === 0) {
    return;
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`missing on this machine: ${missing.join(' ')}; as root: apt-get install ${missing.join(' ')}`);
  }
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'ignore', 'inherit']),
  };
  execFileSync('apt-get', ['update'], options);
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options);
}
