import type { ReplicaBalancing } from './balancing';
import type { ComposeTarget } from './compose-target';
import { composeTarget } from './compose-target';
import type { Route } from './exposure';
import type { SystemModel } from './system-model';

/** Replicas that the gateway leads to, and how it chooses among them. */
export interface GatewayTarget extends ComposeTarget {
  /** As the service says it, else an exposure that routes to it, else the least busy. */
  readonly balancing: ReplicaBalancing;
}

/** A route of the gateway, with where it leads on Compose. */
export interface GatewayRoute {
  readonly host: string;
  readonly path: string;
  readonly target: GatewayTarget;
  readonly timeoutSeconds: number | undefined;
  readonly streaming: boolean;
}

/** One port on which the gateway serves hosts by name. */
export interface GatewaySite {
  readonly port: number;
  readonly tls: boolean;
  readonly routes: readonly GatewayRoute[];
}

/** One port that the gateway passes on to a service, whatever the host. */
export interface GatewayForward {
  readonly port: number;
  readonly address: string;
  readonly target: GatewayTarget;
  /** Longest time-out among the routes to the same service. */
  readonly timeoutSeconds: number;
}

/** What the reverse proxy in front of the services does on Compose. */
export interface GatewayPlan {
  readonly sites: readonly GatewaySite[];
  readonly forwards: readonly GatewayForward[];
  /** Port of its own health check, on its loopback only. */
  readonly healthPort: number;
}

/** A quiet WebSocket lives as long as this, where no route says how long. */
const FORWARD_TIMEOUT_SECONDS = 3600;
const HEALTH_PORT = 8099;

/** What the gateway has to do, or undefined when nothing is exposed and no port is published by it. */
export function planGateway(model: SystemModel): GatewayPlan | undefined {
  const sites = planSites(model);
  const forwards = planForwards(model);
  if (sites.length === 0 && forwards.length === 0) return undefined;
  const taken = new Set([...sites, ...forwards].map(({ port }) => port));
  let healthPort = HEALTH_PORT;
  while (taken.has(healthPort)) healthPort++;
  return { sites, forwards, healthPort };
}

/** Everything that the gateway leads to, each host and port once. */
export function gatewayTargets(plan: GatewayPlan): readonly GatewayTarget[] {
  const all = [...plan.sites.flatMap((site) => site.routes), ...plan.forwards].map(({ target }) => target);
  return [...new Map(all.map((target) => [`${target.host}:${target.port}`, target])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, target]) => target);
}

function planSites(model: SystemModel): GatewaySite[] {
  const sites = new Map<string, { port: number; tls: boolean; routes: GatewayRoute[] }>();
  const add = (port: number, tls: boolean, routes: readonly GatewayRoute[]): void => {
    const key = `${port} ${String(tls)}`;
    const site = sites.get(key) ?? { port, tls, routes: [] };
    sites.set(key, site);
    site.routes.push(...routes);
  };
  for (const exposure of model.exposures) {
    const routes = exposure.routes.flatMap((route) => resolve(model, route));
    if (routes.length === 0) continue;
    add(exposure.composePort, false, routes);
    if (exposure.tls?.kind === 'self-signed' && exposure.composeTlsPort !== undefined) {
      add(exposure.composeTlsPort, true, routes);
    }
  }
  return [...sites.values()].sort((a, b) => a.port - b.port);
}

function resolve(model: SystemModel, route: Route): GatewayRoute[] {
  const target = composeTarget(model, route.endpoint);
  if (target === undefined) return [];
  const { host, path, timeoutSeconds, streaming } = route;
  return [{ host, path, target: balanced(model, target), timeoutSeconds, streaming }];
}

function planForwards(model: SystemModel): GatewayForward[] {
  const routes = model.exposures.flatMap((exposure) => exposure.routes.flatMap((route) => resolve(model, route)));
  return model.services
    .flatMap((service) =>
      service.ports.flatMap((port): GatewayForward[] => {
        // UDP has no place in an HTTP proxy: the service publishes it itself.
        if (port.publish?.via !== 'gateway' || port.protocol !== 'TCP') return [];
        const said = routes.filter((r) => r.target.service?.path === service.path).map((r) => r.timeoutSeconds ?? 0);
        return [
          {
            port: port.publish.hostPort,
            address: port.publish.address,
            target: balanced(model, { host: service.composeName, port: port.number, service, external: undefined }),
            timeoutSeconds: Math.max(FORWARD_TIMEOUT_SECONDS, ...said),
          },
        ];
      }),
    )
    .sort((a, b) => a.port - b.port);
}

function balanced(model: SystemModel, target: ComposeTarget): GatewayTarget {
  const routed = model.exposures.find(
    ({ balancing, routes }) =>
      balancing !== undefined && routes.some(({ endpoint }) => composeTarget(model, endpoint)?.host === target.host),
  );
  return { ...target, balancing: target.service?.access.balancing ?? routed?.balancing ?? 'least-connections' };
}
