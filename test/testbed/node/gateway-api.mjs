// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sources = new URL('../../../imports/sources.json', import.meta.url);

/**
 * The types of the Gateway API, of the version that the library's own are made of.
 *
 * @returns {string} a folder of manifests, in Go's module cache
 */
export function gatewayApiManifests() {
  const { projects } = JSON.parse(readFileSync(sources, 'utf8'));
  const { module, version } = projects.find((/** @type {{ name: string }} */ { name }) => name === 'gateway-api');
  const output = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: tmpdir(), // outside any module
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return join(JSON.parse(output).Dir, 'config', 'crd', 'standard');
}
