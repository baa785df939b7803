import { checkCommand } from './check-command';
import type { Endpoint, WaitCondition } from './endpoint';
import type { ExternalSpec } from './settings';
import type { ServiceSpec } from './service-spec';
import type { SystemParts } from './system-model';
import { findTarget } from './system-model';

/** Where an endpoint is found on Compose. */
export interface ComposeTarget {
  readonly host: string;
  readonly port: number;
  /** The service that answers; undefined: something outside. */
  readonly service: ServiceSpec | undefined;
  /** What it is outside Compose, when it is not a service of the system. */
  readonly external: ExternalSpec | undefined;
}

/** Name by which a container reaches the machine that it runs on. */
export const COMPOSE_HOST = 'host.docker.internal';

/**
 * Resolves an endpoint as Compose has it: services by their compose name, external ones by their
 * stand-in or by their host. Undefined for a link to nothing, which the rules report.
 */
export function composeTarget(parts: SystemParts, endpoint: Endpoint): ComposeTarget | undefined {
  const target = findTarget(parts, endpoint);
  if (target === undefined) return undefined;
  if (target.kind === 'service') {
    return { host: target.spec.composeName, port: target.port.number, service: target.spec, external: undefined };
  }
  const { spec: external, port } = target;
  const standIn = standInOf(parts, external);
  if (standIn === undefined) {
    return { host: external.composeHost ?? external.host, port: port.number, service: undefined, external };
  }
  const standInPort =
    standIn.ports.find((p) => p.name === port.name) ?? standIn.ports.find((p) => p.number === port.number) ?? port;
  return { host: standIn.composeName, port: standInPort.number, service: standIn, external };
}

function standInOf(parts: SystemParts, external: ExternalSpec): ServiceSpec | undefined {
  const name = external.composeStandIn;
  if (name === undefined) return undefined;
  return (
    parts.services.find((s) => s.chart === external.chart && s.name === name) ??
    parts.services.find((s) => s.name === name || s.composeName === name)
  );
}

/** Command of the service's health check on Compose; undefined: it has none that can be asked there. */
export function composeHealthCommand(spec: ServiceSpec): readonly string[] | undefined {
  const probe = spec.health.compose;
  if (probe === undefined) return undefined;
  const portNumber = (name: string): number | undefined => spec.ports.find((p) => p.name === name)?.number;
  return checkCommand(probe.check, spec.runAs.httpClient, portNumber, probe.timeoutSeconds);
}

/** What a client waits for on Compose; never for a health check that does not exist there. */
export function composeWait(server: ServiceSpec, said: WaitCondition | undefined): WaitCondition {
  const checked = composeHealthCommand(server) !== undefined;
  const wait = said ?? 'healthy';
  return wait === 'healthy' && !checked ? 'started' : wait;
}
