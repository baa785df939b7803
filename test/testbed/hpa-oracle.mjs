// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The controller's sources. Its metrics and its monitor are packages of their own, used as they are. */
const FILES = ['horizontal.go', 'hpa_selector_store.go', 'rate_limiters.go', 'replica_calculator.go'];

/**
 * Puts the sources of the HorizontalPodAutoscaler's controller beside go/hpa-oracle/main.go: most of it
 * is private to its package, and it reads the clock itself. The package's name and the clock are all
 * that is changed.
 *
 * @param {string} directory holds a copy of go/hpa-oracle/
 * @throws if the module has them no longer, or reads the clock in another way
 */
export function writeController(directory) {
  const module = execFileSync('go', ['list', '-mod=mod', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
  let clocks = 0;
  for (const file of FILES) {
    const source = readFileSync(join(module, 'pkg', 'controller', 'podautoscaler', file), 'utf8');
    const ours = source.replace(/^package podautoscaler$/m, 'package main').replaceAll('time.Now()', () => {
      clocks += 1;
      return 'clockNow()';
    });
    if (!/^package main$/m.test(ours)) throw new Error(`${file} is no file of the package podautoscaler`);
    writeFileSync(join(directory, file), ours);
  }
  if (clocks === 0) throw new Error('the controller reads the clock in a way that is not known here');
}
