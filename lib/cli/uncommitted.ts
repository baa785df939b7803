import { dirname, join } from 'node:path';
import type { Issue } from '../model/issues';
import type { Io } from './io';
import type { Synthesis } from './synthesis';

/**
 * Files of secrets that a run has just made and git would commit. Asked when they are made, which
 * is once; a directory that is no git repository has no such files.
 */
export function uncommittedIssues(done: readonly Synthesis[], io: Io): Issue[] {
  const made = done.flatMap(({ result, secrets, target }) => [
    ...(secrets?.written ?? []).filter(({ created }) => created).map(({ path }) => join(target.layout.root, path)),
    ...result.files.filter((f) => f.secret && f.change === 'created').map(({ path }) => join(target.layout.root, path)),
  ]);
  return made.flatMap((file): Issue[] => {
    const { status } = io.runProgram('git', ['check-ignore', '--quiet', file], {
      cwd: dirname(file),
      output: 'capture',
    });
    if (status !== 1) return [];
    return [
      {
        code: 'TARS4005',
        severity: 'warning',
        path: file.slice(io.cwd.length + 1).replaceAll('\\', '/'),
        message: 'git would commit this file of secrets',
        given: 'no line in .gitignore that matches it',
        allowed: 'secrets/, compose/**/.env and dist/**/*.secrets.k8s.yaml in .gitignore',
        remedy: 'add these three lines to .gitignore',
      },
    ];
  });
}
