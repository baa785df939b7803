// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {Pick<import('./state.mjs').Machine, 'directory'>} machine
 * @param {string} program
 * @returns {string} for the end of an error
 */
export function endOfLog({ directory }, program) {
  const file = join(directory, `${program}.log`);
  if (!existsSync(file)) {
    return '';
  }
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15);
  return `; the end of its log:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
