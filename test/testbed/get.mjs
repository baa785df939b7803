// @ts-check
// Gets the programs of the testbed: builds what is missing, one after the other.
//   node test/testbed/get.mjs [part | node | engine ...]     by default what a control plane needs
import { getPart } from './binaries.mjs';
import { installPackages } from './debian.mjs';
import { versionOf } from './go.mjs';
import { parts, partsNamed } from './parts.mjs';

try {
  const names = process.argv.slice(2);
  const wanted = names.length > 0 ? names.flatMap(partsNamed) : parts.filter(({ group }) => !group);
  if (wanted.some(({ group }) => group)) {
    installPackages();
  }
  for (const part of wanted) {
    const startedAt = Date.now();
    const outcome = getPart(part);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    const text = {
      built: `${versionOf(part)}  built in ${seconds} s`,
      cached: `${versionOf(part)}  in the cache (${seconds} s)`,
      given: `from KUBEBUILDER_ASSETS (${seconds} s)`,
    };
    console.log(`${part.name.padEnd(14)} ${text[outcome]}`);
  }
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
