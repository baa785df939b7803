import type { ExposureSpec, Route } from '../model/exposure';
import { prefixed } from '../model/names';
import type { Port, ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';

/** Where a person finds one thing that a system serves. */
export interface Address {
  /** What it is, e.g. `API`. */
  readonly name: string;
  /** Name of the service behind it. */
  readonly service: string;
  /** On this machine, under Compose; undefined: not published there. */
  readonly compose: string | undefined;
  /** On a cluster: a URL where a host leads to it, else the command that opens a way. */
  readonly kubernetes: string;
}

/** What is read by people and programs over HTTP; databases and caches are not for the browser. */
export function addressesOf(model: SystemModel): Address[] {
  const addresses = model.services.flatMap((spec) =>
    spec.ports
      .filter((port) => isForBrowsers(model, spec, port))
      .map((port): Address => ({
        name: purposeOf(spec, port),
        service: spec.name,
        compose: composeAddress(port),
        kubernetes: kubernetesAddress(model, spec, port),
      })),
  );
  const rank = ({ name }: Address): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return addresses.sort((a, b) => rank(a) - rank(b));
}

/** What one looks for first, first; then the rest by name. */
const ORDER = ['API', 'WebSocket', 'frontend', 'database admin', 'monitoring'];

function isForBrowsers(model: SystemModel, spec: ServiceSpec, port: Port): boolean {
  if (port.protocol !== 'TCP' || spec.workload.kind === 'cron-job') return false;
  const speaksHttp = /^(https?|web|websocket|ws)(-|$)/.test(port.name);
  return routesTo(model, spec, port).length > 0 || (speaksHttp && port.publish !== undefined);
}

/** What well-known images are for; anything else goes by its own name. */
const PURPOSES: readonly (readonly [image: RegExp, purpose: string])[] = [
  [/(^|\/)adminer[:@]/, 'database admin'],
  [/(^|\/)grafana[:@]/, 'monitoring'],
  [/(^|\/)prometheus[:@]/, 'metrics'],
  [/(^|\/)ollama[:@]/, 'language models'],
];

function purposeOf({ image, name }: ServiceSpec, port: Port): string {
  if (isWebSocket(port)) return 'WebSocket';
  if (image.kind === 'build') return image.build.kind === 'python' ? 'API' : 'frontend';
  return PURPOSES.find(([pattern]) => pattern.test(image.reference))?.[1] ?? name;
}

function isWebSocket(port: Port): boolean {
  return /^(websocket|ws)(-|$)/.test(port.name);
}

function composeAddress(port: Port): string | undefined {
  if (port.publish === undefined) return undefined;
  const { hostPort, address } = port.publish;
  const host = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(address) ? 'localhost' : address;
  return `${isWebSocket(port) ? 'ws' : 'http'}://${host}:${hostPort}`;
}

function kubernetesAddress(model: SystemModel, spec: ServiceSpec, port: Port): string {
  const [first] = routesTo(model, spec, port).sort((a, b) => a.route.path.length - b.route.path.length);
  if (first !== undefined) {
    const scheme = (isWebSocket(port) ? 'ws' : 'http') + (first.exposure.tls === undefined ? '' : 's');
    return `${scheme}://${first.route.host}${first.route.path === '/' ? '' : first.route.path}`;
  }
  const namespace = spec.namespace === undefined ? '' : ` -n ${spec.namespace}`;
  const local = port.publish?.hostPort ?? port.number;
  return `kubectl${namespace} port-forward service/${prefixed(spec.prefix, spec.name)} ${local}:${port.number}`;
}

function routesTo(
  model: SystemModel,
  spec: ServiceSpec,
  port: Port,
): { readonly exposure: ExposureSpec; readonly route: Route }[] {
  return model.exposures.flatMap((exposure) =>
    exposure.routes
      .filter(({ endpoint }) => {
        const { system, service, port: name } = endpoint;
        return system === spec.chart && service === spec.name && name === port.name;
      })
      .map((route) => ({ exposure, route })),
  );
}
