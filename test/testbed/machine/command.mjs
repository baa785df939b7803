// @ts-check
import { execFileSync } from 'node:child_process';

/**
 * Runs a program of the system, such as ip or iptables.
 *
 * @param {readonly string[]} command
 * @throws Error when it fails; what it says is on this process' stderr
 */
export function perform([program = '', ...args]) {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Whether a program of the system succeeds; what it says is not shown.
 *
 * @param {readonly string[]} command
 */
export function succeeds([program = '', ...args]) {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
