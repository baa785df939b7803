#!/usr/bin/env node
import { nodeIo } from './node-io';
import { run } from './run';
import { removeSteering } from './steering';

// Whoever reads our output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

for (const name of removeSteering(process.env)) {
  process.stderr.write(`warning: ${name} is set, and ignored: the same model gives the same output everywhere\n`);
}

void run(process.argv.slice(2), nodeIo(process)).then((exitCode) => {
  process.exitCode = exitCode;
});
