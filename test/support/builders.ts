import type { ServiceDefinition } from '../../lib/model/define-service';
import { defineService } from '../../lib/model/define-service';
import { Endpoint } from '../../lib/model/endpoint';
import type { WaitCondition } from '../../lib/model/endpoint';
import type { ExposureSpec, Route } from '../../lib/model/exposure';
import { prefixed } from '../../lib/model/names';
import type { ServiceProps } from '../../lib/model/service-props';
import type { ServiceSpec } from '../../lib/model/service-spec';
import type { ExternalSpec, Settings } from '../../lib/model/settings';
import type { SystemModel, SystemParts } from '../../lib/model/system-model';
import { assembleSystem } from '../../lib/model/system-model';

/** Chart of everything that the builders make, unless a test says otherwise. */
export const CHART = 'tars';

/** Where a test wants its service to stand. */
export interface Place {
  readonly chart?: string;
  readonly prefix?: string;
  readonly namespace?: string | undefined;
}

/** A service and what was wrong with its props. `name` also is its construct id. */
export function defineAService(props: ServiceProps = {}, place: Place = {}): ServiceDefinition {
  const chart = place.chart ?? CHART;
  const id = props.name ?? 'web';
  const image = props.image === undefined && props.build === undefined ? { image: 'nginx:1.29.2' } : {};
  return defineService(
    { ...image, ...props },
    { path: `${chart}/${id}`, id, chart, prefix: place.prefix ?? chart, namespace: place.namespace ?? chart },
  );
}

/**
 * A service from props: called "web", running nginx, if nothing else is said.
 * @throws when the props are wrong: a test about wrong props uses {@link defineAService}
 */
export function aService(props: ServiceProps = {}, place: Place = {}): ServiceSpec {
  const { spec, issues } = defineAService(props, place);
  if (issues.length > 0) throw new Error(`the props of a test are wrong: ${JSON.stringify(issues, undefined, 2)}`);
  return spec;
}

/** What differs from the usual settings, one level deep. */
export type SettingsOverride = { readonly [K in keyof Settings]?: Settings[K] };

export const SETTINGS: Settings = {
  kubernetesMinor: 25,
  environment: 'development',
  images: { registry: undefined, tag: '0.1.0', pullPolicy: 'IfNotPresent', pullSecret: undefined },
  network: {
    monitoringNamespaces: ['monitoring'],
    dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, cidrs: [], ports: [53] },
  },
  secrets: { kind: 'generated' },
  composeProject: 'compose',
  secretsDirectory: 'secrets',
};

/** What a test says of its system; the services may be given as props. */
export type SystemSketch = Partial<Omit<SystemParts, 'services' | 'settings'>> & {
  readonly services?: readonly (ServiceSpec | ServiceProps)[];
  readonly settings?: SettingsOverride;
};

/** A system from its parts. */
export function aSystem(sketch: SystemSketch = {}): SystemModel {
  return assembleSystem({
    path: sketch.path ?? CHART,
    settings: { ...SETTINGS, ...sketch.settings },
    services: (sketch.services ?? []).map((one) => (isSpec(one) ? one : aService(one))),
    externals: sketch.externals ?? [],
    exposures: sketch.exposures ?? [],
    guardRails: sketch.guardRails ?? [],
    issues: sketch.issues ?? [],
  });
}

function isSpec(one: ServiceSpec | ServiceProps): one is ServiceSpec {
  return 'overrides' in one;
}

/** An endpoint of a service of {@link CHART}. */
export function anEndpoint(service: string, port = 'http', wait?: WaitCondition): Endpoint {
  return new Endpoint(service, port, CHART, wait);
}

/** A route: all of tars.local to the port "http" of "web", if nothing else is said. */
export function aRoute(route: Partial<Route> = {}): Route {
  return {
    host: 'tars.local',
    path: '/',
    endpoint: anEndpoint('web'),
    timeoutSeconds: undefined,
    streaming: false,
    ...route,
  };
}

/** An Ingress without TLS, served by Compose on port 8088. */
export function anExposure(exposure: Partial<ExposureSpec> = {}): ExposureSpec {
  return {
    path: `${CHART}/ingress`,
    chart: CHART,
    prefix: CHART,
    namespace: CHART,
    kind: 'ingress',
    name: prefixed(CHART, 'ingress'),
    className: 'nginx',
    existingGateway: undefined,
    controllerNamespaces: ['ingress-nginx'],
    tls: undefined,
    routes: [aRoute()],
    balancing: undefined,
    composePort: 8088,
    composeTlsPort: undefined,
    ...exposure,
  };
}

/** Something outside the system. */
export function anExternal(external: Partial<ExternalSpec> = {}): ExternalSpec {
  const name = external.name ?? 'outside';
  return {
    path: `${CHART}/${name}`,
    chart: CHART,
    name,
    host: 'db.example.com',
    ports: [{ name: 'http', number: 5432 }],
    cidrs: ['203.0.113.0/24'],
    composeStandIn: undefined,
    composeHost: undefined,
    ...external,
  };
}
