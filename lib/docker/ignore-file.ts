import type { Build } from '../model/service-spec';
import { APP_DIRECTORY } from './image-facts';

const HEADER = [
  '# Made by cdk8s-tars from the service model. Change main.ts, not this file.',
  '# What stays out of the build context. BuildKit reads it because it lies beside the Dockerfile.',
];

/** Kept out of every context: version control, secrets, caches, what a build or a run leaves. */
const ALWAYS = [
  ...['.git', '.github', '.gitignore', '.dockerignore', '.DS_Store', '.idea', '.vscode'],
  ...['**/.env', '**/.env.*', 'secrets', '**/*.pem', '**/*.key'],
  ...['**/node_modules', '**/.venv', '**/venv', '**/__pycache__', '**/*.pyc', '**/.pytest_cache', '**/.mypy_cache', '**/.ruff_cache'],
  ...['coverage', 'tests'],
] as const;

const BY_KIND: Record<Build['kind'], readonly string[]> = {
  python: ['**/*.egg-info', 'build', 'dist', 'requirements-dev.txt'],
  'node-static': ['dist', '**/*.log'],
};

/**
 * The ignore file of one image. Directories that hold a volume in the container are left out as
 * well: what lies in them on the developer's machine is not the image's.
 */
export function ignoreFile(build: Build): string {
  const mounted = build.directories.flatMap((path) =>
    path.startsWith(`${APP_DIRECTORY}/`) ? [path.slice(APP_DIRECTORY.length + 1)] : [],
  );
  const patterns = [...new Set([...ALWAYS, ...BY_KIND[build.kind], ...mounted])];
  return `${[...HEADER, ...patterns].join('\n')}\n`;
}
