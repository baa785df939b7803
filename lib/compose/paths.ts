import { posix } from 'node:path';
import type { Build } from '../model/service-spec';
import type { Settings } from '../model/settings';

/** Directory of the generated Dockerfiles, relative to the project's root. */
const DOCKER_DIRECTORY = 'docker';

/** From one directory of the project to a file or directory of it; both relative to its root. */
export function relativePath(from: string, to: string): string {
  // Made absolute first: relative paths would be resolved against the process' own directory.
  const path = posix.relative(posix.join('/', from), posix.join('/', to));
  if (path === '') return '.';
  return path.startsWith('.') ? path : `./${path}`;
}

/** A path of the project as the Compose file names it. */
export function fromComposeProject(settings: Settings, path: string): string {
  return relativePath(settings.composeProject, path);
}

/** The Dockerfile as the build names it: relative to the build's context. */
export function dockerfileFromContext(build: Build): string {
  return relativePath(build.context, posix.join(DOCKER_DIRECTORY, build.dockerfile)).replace(/^\.\//, '');
}

/** A path inside the build's context as the Compose file names it. */
export function fromContext(settings: Settings, build: Build, path: string): string {
  return fromComposeProject(settings, posix.join(build.context, path));
}
