/** Any value of a YAML document, as a reader of YAML 1.1 gives it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** A map of a YAML document. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** One object of a manifest, as `kubectl apply` would send it. */
export interface EmittedObject {
  /** File it stands in, relative to the project, with `/`. */
  readonly file: string;
  /** Which document of the file it is, from 0. */
  readonly document: number;
  readonly object: JsonObject;
}

/** One Compose project, as the engine's command line would read it without profiles and overrides. */
export interface EmittedCompose {
  /** The main file, relative to the project, with `/`. */
  readonly file: string;
  /** Path of the system it was made of. */
  readonly system: string;
  readonly compose: JsonObject;
  /** Texts that its containers mount, by their path from the directory of the main file, e.g. `files/web/etc/web.conf`. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Everything that a run emitted, patches of the user included. Proofs read this and not the model
 * where they can: so they find the mistakes of the renderers too.
 */
export interface EmittedSet {
  /** The oldest server that the manifests are for, e.g. `1.25`. */
  readonly kubernetesVersion: string;
  readonly manifests: readonly EmittedObject[];
  readonly compose: readonly EmittedCompose[];
}
