import type { Endpoint, WaitCondition } from './endpoint';
import type { ExposureSpec } from './exposure';
import type { Issue } from './issues';
import { firstOfEach, grouped, rememberedFor } from './lookup';
import { prefixed } from './names';
import type { Port, ServiceSpec } from './service-spec';
import { secretKeysOf } from './value';
import type { ExternalSpec, GuardRailsSpec, SecretKeySpec, SecretSpec, Settings } from './settings';

/** Everything that was declared below one system, as it was handed in. */
export interface SystemParts {
  readonly path: string;
  readonly settings: Settings;
  readonly services: readonly ServiceSpec[];
  readonly externals: readonly ExternalSpec[];
  readonly exposures: readonly ExposureSpec[];
  readonly guardRails: readonly GuardRailsSpec[];
  /** What was wrong with the props of its constructs. */
  readonly issues: readonly Issue[];
}

/** What an endpoint turned out to be. */
export type Target =
  | { readonly kind: 'service'; readonly spec: ServiceSpec; readonly port: Port }
  | {
      readonly kind: 'external';
      readonly spec: ExternalSpec;
      readonly port: { readonly name: string; readonly number: number };
    };

/** A link whose endpoint exists. */
export interface ResolvedLink {
  readonly client: ServiceSpec;
  readonly target: Target;
  /** What the client waits for; never "healthy" without a check. */
  readonly wait: WaitCondition;
  /** What the user said, for messages; undefined: the default. */
  readonly said: WaitCondition | undefined;
}

/** One system: a value, sorted, the same whatever the order of construction. */
export interface SystemModel extends SystemParts {
  /** Links by client path, in order; links to nothing are left out here and reported by the rules. */
  readonly links: readonly ResolvedLink[];
  readonly secrets: readonly SecretSpec[];
}

const by =
  <T>(key: (item: T) => string) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;

/** Sorts what was declared, resolves its links and gathers its secrets. */
export function assembleSystem(parts: SystemParts): SystemModel {
  const services = [...parts.services].sort(by((s) => s.path));
  const sorted: SystemParts = {
    ...parts,
    services,
    externals: [...parts.externals].sort(by((e) => e.path)),
    exposures: [...parts.exposures].sort(by((e) => e.path)),
    guardRails: [...parts.guardRails].sort(by((g) => g.path)),
  };
  const links = services.flatMap((client) =>
    client.links.flatMap((link): ResolvedLink[] => {
      const target = findTarget(sorted, link.endpoint);
      if (target === undefined) return [];
      return [{ client, target, wait: waitFor(target, link.wait), said: link.wait }];
    }),
  );
  return { ...sorted, links, secrets: gatherSecrets(services) };
}

function waitFor(target: Target, said: WaitCondition | undefined): WaitCondition {
  if (target.kind === 'external') return 'none';
  return said ?? (target.spec.health.compose === undefined ? 'started' : 'healthy');
}

const nameKey = (chart: string, name: string): string => `${chart} ${name}`;

/** Of two with one name, which a rule reports, the first. */
const serviceByName = rememberedFor((all: readonly ServiceSpec[]) => firstOfEach(all, (s) => nameKey(s.chart, s.name)));
const externalByName = rememberedFor((all: readonly ExternalSpec[]) =>
  firstOfEach(all, (e) => nameKey(e.chart, e.name)),
);

/** What an endpoint names, or undefined. */
export function findTarget(parts: SystemParts, endpoint: Endpoint): Target | undefined {
  const key = nameKey(endpoint.system, endpoint.service);
  const spec = serviceByName(parts.services).get(key);
  const port = spec?.ports.find((p) => p.name === endpoint.port);
  if (spec !== undefined && port !== undefined) return { kind: 'service', spec, port };
  const external = externalByName(parts.externals).get(key);
  const externalPort = external?.ports.find((p) => p.name === endpoint.port);
  if (external !== undefined && externalPort !== undefined)
    return { kind: 'external', spec: external, port: externalPort };
  return undefined;
}

/** Name of the Secret that holds the keys of a chart's services. */
export function secretName(settings: Settings, prefix: string): string {
  return settings.secrets.kind === 'existing' ? settings.secrets.secretName : prefixed(prefix, 'secrets');
}

function gatherSecrets(services: readonly ServiceSpec[]): SecretSpec[] {
  const secrets = new Map<string, { first: ServiceSpec; keys: Map<string, SecretKeySpec> }>();
  for (const spec of services) {
    const env = [...spec.env, ...(spec.development?.env ?? []), ...spec.tasks.flatMap((task) => task.env)];
    for (const { key, mayBeEmpty, inUrl } of env.flatMap((entry) => secretKeysOf(entry.value))) {
      const secret = secrets.get(spec.chart) ?? { first: spec, keys: new Map<string, SecretKeySpec>() };
      secrets.set(spec.chart, secret);
      const known = secret.keys.get(key);
      secret.keys.set(key, {
        key,
        // One reader that needs a value is enough to need one.
        mayBeEmpty: mayBeEmpty && (known?.mayBeEmpty ?? true),
        inUrl: inUrl || (known?.inUrl ?? false),
        readers: [...new Set([...(known?.readers ?? []), spec.path])],
      });
    }
  }
  return [...secrets.values()].map(({ first, keys }) => ({
    name: prefixed(first.prefix, 'secrets'),
    chart: first.chart,
    prefix: first.prefix,
    namespace: first.namespace,
    keys: [...keys.values()].sort(by((k) => k.key)),
  }));
}

const linksByServer = rememberedFor((links: readonly ResolvedLink[]) =>
  grouped(links, ({ target }) => (target.kind === 'service' ? target.spec.path : undefined)),
);

const linksByClient = rememberedFor((links: readonly ResolvedLink[]) => grouped(links, ({ client }) => client.path));

/** Links that lead to a service: who may connect to it. */
export function clientsOf(model: SystemModel, server: ServiceSpec): readonly ResolvedLink[] {
  return linksByServer(model.links).get(server.path) ?? [];
}

/** Links that start at a service. */
export function linksOf(model: SystemModel, client: ServiceSpec): readonly ResolvedLink[] {
  return linksByClient(model.links).get(client.path) ?? [];
}

/** The reference of the image that a service runs, registry and tag included. */
export function imageReference(settings: Settings, spec: ServiceSpec): string {
  if (spec.image.kind === 'registry') return spec.image.reference;
  const { registry, tag } = settings.images;
  return `${registry === undefined ? '' : `${registry}/`}${spec.image.repository}:${tag}`;
}
