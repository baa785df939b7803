import type { SystemModel } from '../model/system-model';

/** One variable of a secrets file, and what is known about its value. */
export interface SecretNeed {
  /** Name of the variable in the file. */
  readonly key: string;
  readonly mayBeEmpty: boolean;
  /** Somebody puts it into a URL, so it may hold only unreserved characters. */
  readonly inUrl: boolean;
  /** Paths of the services that read it. */
  readonly readers: readonly string[];
  /**
   * The key of a Secret that somebody else made: its value cannot be invented here. Undefined for
   * the system's own.
   */
  readonly foreign?: { readonly secretName: string; readonly key: string } | undefined;
}

/**
 * What the cluster's secrets file has to hold: the keys of all systems whose Secret is made on this
 * machine. Systems with an existing or an external Secret have nothing in it.
 */
export function clusterNeeds(systems: readonly SystemModel[]): readonly SecretNeed[] {
  const own = systems.filter((model) => model.settings.secrets.kind === 'generated');
  return mergeNeeds(own.flatMap((model) => model.secrets.flatMap((secret) => secret.keys)));
}

/** Each key once, sorted; one reader that needs a value is enough to need one. */
export function mergeNeeds(needs: readonly SecretNeed[]): readonly SecretNeed[] {
  const merged = new Map<string, SecretNeed>();
  for (const need of needs) {
    const known = merged.get(need.key);
    merged.set(need.key, {
      ...need,
      mayBeEmpty: need.mayBeEmpty && (known?.mayBeEmpty ?? true),
      inUrl: need.inUrl || (known?.inUrl ?? false),
      readers: [...new Set([...(known?.readers ?? []), ...need.readers])],
    });
  }
  return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
