// @ts-check
// Gets the programs of the testbed: builds what is missing, one after the other.
//   node test/testbed/get.mjs [part ...]        all parts by default
import { getPart } from './binaries.mjs';
import { versionOf } from './go.mjs';
import { partNamed, parts } from './parts.mjs';

try {
  const names = process.argv.slice(2);
  for (const part of names.length > 0 ? names.map(partNamed) : parts) {
    const startedAt = Date.now();
    const outcome = getPart(part);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    const text = {
      built: `${versionOf(part)}  built in ${seconds} s`,
      cached: `${versionOf(part)}  in the cache (${seconds} s)`,
      given: `from KUBEBUILDER_ASSETS (${seconds} s)`,
    };
    console.log(`${part.name.padEnd(12)} ${text[outcome]}`);
  }
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
