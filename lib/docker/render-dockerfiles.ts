import type { Issue } from '../model/issues';
import type { Build, ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import { ignoreFile } from './ignore-file';
import { nodeDockerfile } from './node-image';
import { pythonDockerfile } from './python-image';

/** A file to be written, its path relative to the project's root. */
export interface DockerOutputFile {
  readonly path: string;
  readonly content: string;
}

/** Directory of the generated Dockerfiles. */
export const DOCKER_DIRECTORY = 'docker';

const DOCKERFILES: Record<Build['kind'], (spec: ServiceSpec, build: Build) => string> = {
  python: pythonDockerfile,
  'node-static': nodeDockerfile,
};

/**
 * The Dockerfile of every image that the project builds, each with its ignore file beside it
 * (`<name>.dockerignore`, which BuildKit prefers to the context's own). They use cache mounts, so
 * only BuildKit builds them, and a `.dockerignore` for the old builder would help nobody.
 */
export function renderDockerfiles(model: SystemModel): readonly DockerOutputFile[] {
  const files = new Map<string, string>();
  for (const { path, dockerfile, ignored } of dockerfiles(model)) {
    if (files.has(path)) continue;
    files.set(path, dockerfile);
    files.set(`${path}.dockerignore`, ignored);
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => ({ path, content }));
}

/** Services that would write different images to one Dockerfile. */
export function dockerfileIssues(model: SystemModel): readonly Issue[] {
  const all = dockerfiles(model);
  return all.flatMap((one): Issue[] => {
    const first = all.find((other) => other.path === one.path);
    if (first === undefined || (first.dockerfile === one.dockerfile && first.ignored === one.ignored)) return [];
    return [
      {
        code: 'TARS2005',
        severity: 'error',
        path: `${one.spec.path}.build.dockerfile`,
        message: `${first.spec.path} writes another image to the same Dockerfile`,
        given: one.path,
        allowed: 'one Dockerfile for each image; services may share it when they build the same',
        remedy: 'set build.dockerfile to a name of its own, or give both the same build and set "command" on the service',
      },
    ];
  });
}

function dockerfiles(
  model: SystemModel,
): { readonly spec: ServiceSpec; readonly path: string; readonly dockerfile: string; readonly ignored: string }[] {
  return model.services.flatMap((spec) => {
    if (spec.image.kind !== 'build') return [];
    const { build } = spec.image;
    return [
      {
        spec,
        path: `${DOCKER_DIRECTORY}/${build.dockerfile}`,
        dockerfile: DOCKERFILES[build.kind](spec, build),
        ignored: ignoreFile(build),
      },
    ];
  });
}
