import type { GatewaySpec, GatewaySpecListeners, HttpRouteSpec } from '../../imports/gateway.networking.k8s.io';
import type { Endpoint } from '../model/endpoint';
import type { ExposureSpec, Route } from '../model/exposure';
import { hostsOf } from '../model/exposure';
import { balancerOf } from '../policy/balancing';
import { writeBalancing } from '../policy/balancing-targets';
import { kubernetesName } from '../model/define-service';
import type { SystemModel } from '../model/system-model';
import { findTarget } from '../model/system-model';
import { balancingPolicies } from './balancing-policies';
import type { Json, k8s } from './json';
import { controllerProfile } from './ingress-controllers';
import { systemLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';

/** The objects of an exposure: Ingresses, or a Gateway and its routes. */
export function exposureObjects(exposure: ExposureSpec, model: ModelSource): ObjectSpec[] {
  return exposure.kind === 'ingress' ? ingressObjects(exposure, model) : gatewayObjects(exposure, model);
}

/**
 * One Ingress for each set of time-outs, since a controller reads them from annotations of the
 * whole object; the first has the exposure's own name.
 */
function ingressObjects(exposure: ExposureSpec, model: ModelSource): ObjectSpec[] {
  const groups = new Map<string, Route[]>();
  for (const route of exposure.routes) {
    const key = groupKey(route);
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, routes]) => {
      const [first] = routes;
      const isMain = key === '';
      return {
        id: isMain ? 'ingress' : `ingress-${key}`,
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        name: isMain ? exposure.name : `${exposure.name}-${key}`,
        labels: systemLabels(exposure.prefix),
        annotations: {
          ...controllerProfile(exposure.className).annotations({
            timeoutSeconds: first?.timeoutSeconds,
            streaming: first?.streaming ?? false,
          }),
          ...balancingAnnotations(exposure),
          ...(isMain ? issuerAnnotation(exposure) : {}),
        },
        fields: { spec: () => ingressSpec(model(), exposure, routes) },
      };
    });
}

function groupKey({ timeoutSeconds, streaming }: Route): string {
  if (timeoutSeconds === undefined && !streaming) return '';
  return [streaming ? 'streaming' : 'websocket', ...(timeoutSeconds === undefined ? [] : [`${timeoutSeconds}s`])].join(
    '-',
  );
}

/** @see https://cert-manager.io/docs/usage/ingress/ */
function issuerAnnotation({ tls }: ExposureSpec): Record<string, string> {
  if (tls?.kind !== 'issuer') return {};
  return {
    [tls.issuerKind === 'ClusterIssuer' ? 'cert-manager.io/cluster-issuer' : 'cert-manager.io/issuer']: tls.issuer,
  };
}

function ingressSpec(model: SystemModel, exposure: ExposureSpec, routes: readonly Route[]): Json<k8s.IngressSpec> {
  const hosts = [...new Set(routes.map((r) => r.host))];
  return {
    ingressClassName: exposure.className,
    ...(exposure.tls === undefined ? {} : { tls: [{ hosts, secretName: exposure.tls.secretName }] }),
    rules: hosts.map((host) => ({
      host,
      http: {
        paths: sortedByPath(routes, host).map((route) => {
          const { name, port } = backendOf(model, route.endpoint);
          return { path: route.path, pathType: 'Prefix', backend: { service: { name, port: { name: port.name } } } };
        }),
      },
    })),
  };
}

/** Longest path first: how every controller reads them, said for the reader too. */
function sortedByPath(routes: readonly Route[], host: string): Route[] {
  return routes
    .filter((r) => r.host === host)
    .sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
}

function backendOf(model: SystemModel, endpoint: Endpoint): { name: string; port: { name: string; number: number } } {
  const target = findTarget(model, endpoint);
  // A route to nothing is an issue of the rules, which stop the run before anything is written.
  if (target?.kind !== 'service') return { name: 'nothing', port: { name: 'nothing', number: 1 } };
  return { name: kubernetesName(target.spec), port: { name: target.port.name, number: target.port.number } };
}

function balancingAnnotations(exposure: ExposureSpec): Record<string, string> {
  const { balancing, name } = exposure;
  if (balancing === undefined || balancerOf(exposure) !== 'ingress-nginx') return {};
  return { ...(writeBalancing(balancing, 'ingress-nginx', { name, backends: [] }).output as object | undefined) };
}

/** @see https://gateway-api.sigs.k8s.io/reference/spec/ */
function gatewayObjects(exposure: ExposureSpec, model: ModelSource): ObjectSpec[] {
  const labels = systemLabels(exposure.prefix);
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const gatewayName = exposure.existingGateway?.name ?? `${exposure.prefix}-gateway`;
  const routes = hostsOf(exposure).map((host): ObjectSpec => {
    const short = shortName(host);
    return {
      id: `route-${short}`,
      apiVersion,
      kind: 'HTTPRoute',
      name: `${exposure.prefix}-${short}`,
      labels,
      fields: { spec: () => httpRouteSpec(model(), exposure, host, gatewayName) },
    };
  });
  const policies = balancingPolicies(exposure, {
    gatewayName,
    routeNames: hostsOf(exposure).map((host) => `${exposure.prefix}-${shortName(host)}`),
    backendOf: (endpoint) => {
      const { name, port } = backendOf(model(), endpoint);
      return { name, port: port.number };
    },
  });
  if (exposure.existingGateway !== undefined) return [...routes, ...policies];
  const gateway: ObjectSpec = {
    id: 'gateway',
    apiVersion,
    kind: 'Gateway',
    name: gatewayName,
    labels,
    annotations: issuerAnnotation(exposure),
    fields: { spec: () => gatewaySpec(exposure) },
  };
  return [gateway, ...routes, ...policies];
}

function shortName(host: string): string {
  return host.replace('*', 'any').replaceAll('.', '-');
}

function gatewaySpec(exposure: ExposureSpec): Json<GatewaySpec> {
  const { tls } = exposure;
  const listeners = hostsOf(exposure).flatMap((hostname, index): Json<GatewaySpecListeners>[] => {
    const shared = { hostname, allowedRoutes: { namespaces: { from: 'Same' } } } as const;
    const plain = { ...shared, name: `http-${index}`, port: 80, protocol: 'HTTP' };
    if (tls === undefined) return [plain];
    const certificateRefs = [{ group: '', kind: 'Secret', name: tls.secretName }];
    return [
      plain,
      { ...shared, name: `https-${index}`, port: 443, protocol: 'HTTPS', tls: { mode: 'Terminate', certificateRefs } },
    ];
  });
  return { gatewayClassName: exposure.className, listeners };
}

function httpRouteSpec(
  model: SystemModel,
  exposure: ExposureSpec,
  host: string,
  gatewayName: string,
): Json<HttpRouteSpec> {
  const { existingGateway } = exposure;
  return {
    parentRefs: [
      {
        group: 'gateway.networking.k8s.io',
        kind: 'Gateway',
        name: gatewayName,
        ...(existingGateway?.namespace === undefined ? {} : { namespace: existingGateway.namespace }),
      },
    ],
    hostnames: [host],
    rules: sortedByPath(exposure.routes, host).map((route) => {
      const { name, port } = backendOf(model, route.endpoint);
      return {
        matches: [{ path: { type: 'PathPrefix', value: route.path } }],
        backendRefs: [{ group: '', kind: 'Service', name, port: port.number, weight: 1 }],
        ...(route.timeoutSeconds === undefined ? {} : { timeouts: { request: duration(route.timeoutSeconds) } }),
      };
    }),
  };
}

/** @see https://gateway-api.sigs.k8s.io/geps/gep-2257/ */
function duration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
