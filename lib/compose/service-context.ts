import type { Development, ServiceSpec } from '../model/service-spec';
import type { ComposeMount } from './compose-file';
import type { Client } from './edges';
import { fromContext } from './paths';
import type { SystemContext } from './system-context';

/** What the renderers of one service share. */
export interface ServiceContext extends SystemContext {
  readonly spec: ServiceSpec;
  readonly client: Client;
  /** Networks that its container is on. */
  readonly networks: readonly string[];
  /** What differs while the code is being worked on; undefined in the environment "production". */
  readonly development: Development | undefined;
}

/** A file or directory of the host, read-only; an error, and no directory of root's, where it is missing. */
export function bindMount(source: string, target: string): ComposeMount {
  return { type: 'bind', source, target, read_only: true, bind: { create_host_path: false } };
}

/** The source directories of the code that is being worked on. */
export function sourceMounts({ spec, model, development }: ServiceContext): readonly ComposeMount[] {
  if (spec.image.kind !== 'build' || development === undefined) return [];
  const { build } = spec.image;
  return development.sources.map(({ from, to }) => bindMount(fromContext(model.settings, build, from), to));
}
