import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Brings build/ up to date, once for each run of Jest. */
export default function build() {
  const script = fileURLToPath(new URL('./build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script, '--quiet'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed, see above');
}
