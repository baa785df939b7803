import type { ComposeFile } from '../compose/compose-file';
import type { SystemModel } from '../model/system-model';
import type { EmittedCompose, EmittedObject, EmittedSet, JsonObject } from '../verify/emitted';
import type { ManifestFile } from './manifests';

/** One compose project, as it was rendered. */
export interface RenderedCompose {
  /** Its main file, relative to the project. */
  readonly file: string;
  readonly system: string;
  readonly compose: ComposeFile;
  /** What its containers mount, by path from the directory of the main file. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/**
 * What a run is about to write, for the proofs: the objects that the texts are made of, so that
 * nothing is parsed. A test holds them against the texts as they are read back.
 */
export function emittedSet(
  systems: readonly SystemModel[],
  directory: string,
  manifests: readonly ManifestFile[],
  compose: readonly RenderedCompose[],
): EmittedSet {
  return {
    kubernetesVersion: oldestVersion(systems),
    manifests: manifests.flatMap(({ name, objects }) =>
      objects.map((object, document): EmittedObject => ({
        file: `${directory}/${name}`,
        document,
        object: object as JsonObject,
      })),
    ),
    compose: compose.map(({ file, system, compose: content, files }): EmittedCompose => ({
      file,
      system,
      compose: content as unknown as JsonObject,
      files: Object.fromEntries(files.map(({ path, content: text }) => [path, text])),
    })),
  };
}

/** The oldest server that any of the systems is for; without systems, the oldest that there may be. */
export function oldestVersion(systems: readonly SystemModel[]): string {
  return `1.${Math.min(...systems.map(({ settings }) => settings.kubernetesMinor), systems.length === 0 ? 25 : Infinity)}`;
}
