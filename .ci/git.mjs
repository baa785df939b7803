import { spawnSync } from 'node:child_process';

/**
 * Changed and untracked files, as `git status --porcelain` lists them.
 * @param {string[]} [paths] all by default
 * @returns {string[]}
 */
export function gitStatus(paths = []) {
  const { status, stdout, stderr, error } = spawnSync(
    'git',
    ['status', '--porcelain', '--untracked-files=all', '--', ...paths],
    { encoding: 'utf8' },
  );
  if (error !== undefined || status !== 0) throw new Error(`git status failed: ${error?.message ?? stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/**
 * Whether generated folders are what is committed; a text says what differs.
 * @param {string[]} folders
 * @returns {string | undefined}
 */
export function outputAsCommitted(folders) {
  const changed = gitStatus(folders);
  if (changed.length > 0) {
    spawnSync('git', ['--no-pager', 'diff', '--no-color', '--stat', '-p', '--', ...folders], { stdio: 'inherit' });
    return `the output is not what is committed:\n${changed.join('\n')}`;
  }
  const absent = folders.filter((folder) => !tracked(folder));
  return absent.length > 0 ? `nothing is committed in ${absent.join(', ')}` : undefined;
}

/** @param {string} folder */
function tracked(folder) {
  const { stdout } = spawnSync('git', ['ls-files', '--', folder], { encoding: 'utf8' });
  return stdout !== '';
}
