import type { Container } from '../engine-client/containers';
import { engineError } from '../engine-client/engine-error';
import type { ProjectPlace } from './compose-project';
import { runCompose } from './compose-project';

/** A service, as `docker compose config --format json` has it. */
export interface ConfiguredService {
  readonly container_name?: string;
  readonly scale?: number;
  readonly restart?: string;
  readonly deploy?: { readonly replicas?: number };
  readonly ports?: readonly { readonly published?: string; readonly host_ip?: string }[];
}

/** What the files of a project say, with all variables filled in. */
export interface ComposeConfig {
  /** By name; of profiles that are off only where all were asked for. */
  readonly services: Readonly<Record<string, ConfiguredService>>;
}

/**
 * Reads the files of the project.
 * @param profiles whether services of profiles that are off count as well
 * @throws ClusterError as {@link runCompose}
 */
export async function composeConfig(
  place: ProjectPlace,
  containers: readonly Container[],
  profiles: 'all' | 'active',
  signal?: AbortSignal,
): Promise<ComposeConfig> {
  const words = [...(profiles === 'all' ? ['--profile', '*'] : []), 'config', '--format', 'json'];
  const text = await runCompose(place, containers, words, signal);
  try {
    const { services = {} } = JSON.parse(text) as Partial<ComposeConfig>;
    return { services };
  } catch (cause) {
    throw engineError('Refused', 'docker compose config printed something that is no JSON', { cause });
  }
}

/** How many containers a service should have, as its file says. */
export function replicasOf({ scale, deploy }: ConfiguredService): number {
  return deploy?.replicas ?? scale ?? 1;
}

/** By service: what the label of a container says that was made of the files as they are now. */
export async function configHashes(
  place: ProjectPlace,
  containers: readonly Container[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const text = await runCompose(place, containers, ['--profile', '*', 'config', '--hash', '*'], signal);
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(rows.flatMap(([name, hash]) => (name === undefined || hash === undefined ? [] : [[name, hash]])));
}
