// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Docker's command line asks this module, which is not served everywhere, whether it runs on a Mac
 * under emulation. Here it does not.
 *
 * @param {string} directory holds a copy of the part's go.mod, which names the folder written here
 */
export function writeDockerReplacement(directory) {
  const module = join(directory, 'go-rosetta');
  mkdirSync(module);
  writeFileSync(join(module, 'go.mod'), 'module github.com/tonistiigi/go-rosetta\n\ngo 1.24\n');
  writeFileSync(
    join(module, 'rosetta.go'),
    `package rosetta

import "runtime"

func Available() bool { return false }

func Enabled() bool { return false }

func NativeArch() string { return runtime.GOARCH }
`,
  );
}
