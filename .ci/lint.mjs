// Runs every lint:* script but lint:package, all of them even if one fails, and names those that failed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { npm } from './npm.mjs';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const names = Object.keys(scripts).filter((name) => name.startsWith('lint:') && name !== 'lint:package');
const failed = [];
for (const name of names) {
  const started = performance.now();
  const { command, args, options } = npm('run', '--silent', name);
  const { status } = spawnSync(command, args, { ...options, stdio: 'inherit' });
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
console.log(`${names.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) process.exitCode = 1;
