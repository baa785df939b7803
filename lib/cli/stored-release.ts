import { join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { readOutputText } from '../synth/read-text';
import { RECORD } from '../synth/write';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { CliFileSystem, Io } from './io';
import type { ReleaseFile, ReleaseFiles } from './read-release';
import { MANIFEST, SECRET_MANIFEST } from './read-release';
import type { Target } from './targets';
import { missingProgram } from './tools';

/**
 * The release that lies in the project's own output directories, or in another directory: a checkout
 * of the project, or a directory of manifests.
 * @param directory absolute
 * @throws CliError with TARS6620 when it is not there
 */
export function filesIn(directory: string, { layout }: Target, fs: CliFileSystem, isOwn: boolean): ReleaseFiles {
  const { manifests, compose } = layout;
  if (isOwn || isDirectory(fs, join(directory, manifests))) {
    return {
      manifests: list(fs, directory, manifests, MANIFEST),
      compose: isDirectory(fs, join(directory, compose)) ? list(fs, directory, compose) : isOwn ? [] : undefined,
    };
  }
  if (!isDirectory(fs, directory)) throw nothingThere(directory, 'there is no such directory');
  const files = list(fs, directory, '', MANIFEST);
  if (files.length === 0) throw nothingThere(directory, 'there is no manifest in it');
  return { manifests: files, compose: undefined };
}

/**
 * The release that a revision of the project holds. Secrets are not committed, so they are left out.
 * @throws CliError with TARS6620 for a revision that git does not know, or that holds no output
 */
export function filesOfRevision(revision: string, { layout }: Target, io: Io): ReleaseFiles {
  const { root, manifests, compose } = layout;
  const git = (...args: readonly string[]): string => {
    const { status, errorCode, stdout, stderr } = io.runProgram('git', args, { cwd: root, output: 'capture' });
    if (errorCode === 'ENOENT') throw missingProgram('git');
    const [why = ''] = stderr.trim().split('\n');
    // A revision that it does not know is all that git says nothing about.
    if (status !== 0) throw nothingThere(`git:${revision}`, why === '' ? 'git knows no such revision' : why);
    return stdout;
  };
  // A revision that starts with a dash would be an option of git's.
  if (revision === '' || revision.startsWith('-')) throw nothingThere(`git:${revision}`, 'that is no revision');
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).trim();
  const names = git('ls-tree', '-r', '-z', '--name-only', commit, '--', manifests, compose).split('\0');
  const read = (path: string): ReleaseFile => ({ path, text: git('show', `${commit}:./${path}`) });
  const inside = (directory: string): ReleaseFile[] => {
    const below = names
      .filter((name) => name.startsWith(`${directory}/`))
      .map((name) => name.slice(directory.length + 1));
    const record = below.includes(RECORD) ? read(`${directory}/${RECORD}`).text : undefined;
    return ownFiles(below, record).map((name) => read(`${directory}/${name}`));
  };
  const found = inside(manifests).filter(({ path }) => MANIFEST.test(path) && !SECRET_MANIFEST.test(path));
  if (found.length === 0) throw nothingThere(`git:${revision}`, `this revision has no manifests in ${manifests}/`);
  return { manifests: found, compose: inside(compose) };
}

/** Files of a directory; paths from `root`. */
function list(fs: CliFileSystem, root: string, directory: string, wanted = /./): ReleaseFile[] {
  let entries: string[];
  try {
    entries = fs.readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  const names = entries.map((name) => name.replaceAll('\\', '/')).sort();
  const path = (name: string): string => (directory === '' ? name : `${directory}/${name}`);
  const text = (name: string): string => {
    const result = readOutputText(fs, root, path(name));
    if ('issue' in result) throw new TarsError([result.issue]);
    return result.text;
  };
  const isDirectoryName = (name: string): boolean => isDirectory(fs, join(root, path(name)));
  return ownFiles(names, names.includes(RECORD) ? text(RECORD) : undefined)
    .filter((name) => wanted.test(name) && !isDirectoryName(name))
    .map((name) => ({ path: path(name), text: text(name) }));
}

/**
 * The files of a directory that are of this environment: those in its record, and its secrets, which
 * are in none. Without a record those that lie in it directly, as kubectl reads them.
 */
function ownFiles(names: readonly string[], record: string | undefined): string[] {
  const recorded = record?.split('\n');
  const isOwn = (name: string): boolean =>
    recorded?.includes(name) === true ||
    (!name.includes('/') && (recorded === undefined || SECRET_MANIFEST.test(name)));
  return names.filter((name) => isOwn(name) && !UNSHOWN.test(name));
}

/** Values for Compose are never shown, so they are not read; the record is no output. */
const UNSHOWN = /(^|\/)(\.env|\.tars-files)$|\.(key|pem|crt)$/;

function isDirectory(fs: CliFileSystem, path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Below a file there is nothing, and what nobody may look into cannot be read either.
    return false;
  }
}

function nothingThere(given: string, why: string): CliError {
  const issue: Issue = {
    code: 'TARS6620',
    severity: 'error',
    path: '--against',
    message: `the release to compare with cannot be read: ${why}`,
    given,
    allowed: 'a checkout of the project, a directory of manifests, git:REVISION, or cluster',
    remedy: 'name one of these; without --against the output on this disk is compared',
  };
  return new CliError(issue, EXIT.notFound);
}
