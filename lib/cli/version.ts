import { dirname, join } from 'node:path';
import type { Io } from './io';

/** This tool's version: from the package.json above, be it of the sources or of what was built of them. */
export function ownVersion(io: Io): string {
  let directory = __dirname;
  while (!io.fs.existsSync(join(directory, 'package.json')) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  return (JSON.parse(io.fs.readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }).version;
}
