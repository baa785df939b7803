import { Construct } from 'constructs';
import { exposureObjects } from '../kubernetes/exposure';
import { controllerProfile } from '../kubernetes/ingress-controllers';
import { REPLICA_BALANCING } from '../model/balancing';
import type { Endpoint } from '../model/endpoint';
import { isEndpoint } from '../model/endpoint';
import type { ExposureSpec, Route, Tls } from '../model/exposure';
import { IssueCollector, show } from '../model/issues';
import { isHostName, prefixed } from '../model/names';
import { PropsReader } from '../model/props-reader';
import { addObject } from './manifest';
import { chartOf, register, systemOf } from './system';

/** One path of one host. */
export interface RouteProps {
  /** Host name; `*.example.com` is allowed. */
  readonly host: string;
  /** Path prefix. @default "/" */
  readonly path?: string;
  /** Where requests go. */
  readonly to: Endpoint;
  /** Seconds that a request or a quiet connection may take. @default - as the controller does it */
  readonly timeoutSeconds?: number;
  /** Pass answers on as they come. @default false */
  readonly streaming?: boolean;
}

/** Where the certificate comes from; one of `issuer`, `secretName` and `selfSigned`. */
export interface TlsProps {
  /** Issuer of cert-manager. @default - none */
  readonly issuer?: string;
  /** Whether the issuer is of the cluster or of the namespace. @default "ClusterIssuer" */
  readonly issuerKind?: 'ClusterIssuer' | 'Issuer';
  /** Name of the TLS Secret. @default `<prefix>-tls-cert` */
  readonly secretName?: string;
  /** A development CA made once by `tars secrets init`. @default false */
  readonly selfSigned?: boolean;
}

/** How requests from outside find the services. */
export interface ExposureProps {
  /** Ingress and Gateway API are equals. @default "ingress" */
  readonly kind?: 'ingress' | 'gateway';
  /** Name of the Ingress. @default `<prefix>-ingress` */
  readonly name?: string;
  /** Class of the Ingress or the Gateway. @default "nginx" */
  readonly className?: string;
  /** An existing Gateway, in place of one of our own. @default - our own */
  readonly gatewayName?: string;
  /** Namespace of the existing Gateway. @default - the chart's */
  readonly gatewayNamespace?: string;
  /** Namespaces where the controller's pods run. @default - by class, e.g. ["ingress-nginx"] */
  readonly controllerNamespaces?: readonly string[];
  /** Where the certificate comes from. @default - an existing Secret `<prefix>-tls-cert` */
  readonly tls?: TlsProps;
  /** Plain HTTP only. @default false */
  readonly withoutTls?: boolean;
  /** Which path of which host leads where; the longest path wins. */
  readonly routes: readonly RouteProps[];
  /**
   * How requests are spread over the replicas of each service: by annotations of an Ingress of class `nginx`, by a
   * policy object of a Gateway of class `nginx` (NGINX Gateway Fabric) or `eg` (Envoy Gateway), and by the gateway on
   * Compose. How exactly each follows is reported. @default - as the controller does it; on Compose the least busy
   */
  readonly balancing?: 'round-robin' | 'least-connections' | 'random' | 'ip-hash';
  /** Port on the host where the compose gateway serves the routes by host name. @default 8088 */
  readonly composePort?: number;
  /** The same with TLS, with a self-signed certificate only. @default 8443 */
  readonly composeTlsPort?: number;
}

const KEYS = {
  kind: true,
  name: true,
  className: true,
  gatewayName: true,
  gatewayNamespace: true,
  controllerNamespaces: true,
  tls: true,
  withoutTls: true,
  routes: true,
  balancing: true,
  composePort: true,
  composeTlsPort: true,
} as const;
const PORTS = { min: 1, max: 65_535 } as const;

/** Routes from host names and paths to services, as an Ingress or as Gateway API routes, and on Compose by the gateway. */
export class Exposure extends Construct {
  public constructor(scope: Construct, id: string, props: ExposureProps) {
    super(scope, id);
    const issues = new IssueCollector(this.node.path);
    const spec = readExposure(new PropsReader<ExposureProps>(props, issues, KEYS), this.node.path, chartOf(this));
    register(this, { exposure: spec, issues: issues.issues });
    for (const object of exposureObjects(spec, () => systemOf(this))) addObject(this, object);
  }
}

function readExposure(
  reader: PropsReader<ExposureProps>,
  path: string,
  chart: { chart: string; prefix: string; namespace: string | undefined },
): ExposureSpec {
  const kind = reader.oneOf('kind', ['ingress', 'gateway'], 'ingress');
  const className = reader.string('className', 'nginx');
  const gatewayName = reader.string('gatewayName');
  const tls = readTls(reader, chart.prefix);
  const usualNamespace = kind === 'gateway' ? gatewayNamespaceOf(className) : controllerProfile(className).namespace;
  return {
    path,
    ...chart,
    kind,
    name: reader.string('name', prefixed(chart.prefix, 'ingress')),
    className,
    existingGateway:
      gatewayName === undefined ? undefined : { name: gatewayName, namespace: reader.string('gatewayNamespace') },
    controllerNamespaces: reader.strings('controllerNamespaces') ?? [usualNamespace],
    tls,
    routes: reader
      .list('routes')
      .flatMap((item, index) => readRoute(item as RouteProps, reader.at('routes').at(index))),
    balancing: reader.oneOf('balancing', REPLICA_BALANCING),
    composePort: reader.integer('composePort', PORTS, 8088),
    composeTlsPort: tls?.kind === 'self-signed' ? reader.integer('composeTlsPort', PORTS, 8443) : undefined,
  };
}

/** Usual namespaces of the data planes. */
function gatewayNamespaceOf(className: string): string {
  return { nginx: 'nginx-gateway', eg: 'envoy-gateway-system', traefik: 'traefik' }[className] ?? className;
}

function readTls(reader: PropsReader<ExposureProps>, prefix: string): Tls | undefined {
  if (reader.boolean('withoutTls', false)) return undefined;
  const tls = new PropsReader<TlsProps>(reader.raw('tls') as TlsProps, reader.at('tls'), {
    issuer: true,
    issuerKind: true,
    secretName: true,
    selfSigned: true,
  });
  const secretName = tls.string('secretName', prefixed(prefix, 'tls-cert'));
  const issuer = tls.string('issuer');
  const selfSigned = tls.boolean('selfSigned', false);
  if (issuer !== undefined && selfSigned) {
    tls.issues.add({
      code: 'TARS1016',
      message: 'a certificate comes from one place',
      given: 'issuer and selfSigned',
      allowed: 'one of issuer, secretName and selfSigned',
      remedy: 'keep one of them',
    });
  }
  if (issuer !== undefined) {
    return {
      kind: 'issuer',
      secretName,
      issuer,
      issuerKind: tls.oneOf('issuerKind', ['ClusterIssuer', 'Issuer'], 'ClusterIssuer'),
    };
  }
  return { kind: selfSigned ? 'self-signed' : 'secret', secretName };
}

function readRoute(props: RouteProps, issues: IssueCollector): Route[] {
  const reader = new PropsReader<RouteProps>(props, issues, {
    host: true,
    path: true,
    to: true,
    timeoutSeconds: true,
    streaming: true,
  });
  const host = reader.requiredString('host', 'invalid.host');
  if (!isHostName(host, { wildcard: true })) {
    reader.at('host').add({
      code: 'TARS1009',
      message: 'not a host name',
      given: show(host),
      allowed: 'lower-case labels with dots between, e.g. "api.tars.local"; no scheme, port or path',
      remedy: 'write the host alone',
    });
  }
  const path = reader.string('path', '/');
  if (!path.startsWith('/') || path.includes('//') || /[\s?#]/.test(path)) {
    reader.at('path').add({
      code: 'TARS1014',
      message: 'not a path prefix',
      given: show(path),
      allowed: 'a path that starts with "/", without blanks, "?" and "#"',
      remedy: 'write e.g. "/api"',
    });
  }
  const to = reader.raw('to');
  if (!isEndpoint(to)) {
    reader.at('to').add({
      code: 'TARS1002',
      message: 'not an endpoint',
      given: show(to),
      allowed: 'service.endpoint, service.endpointOf("port") or ref(scope, "service", "port")',
      remedy: 'pass the endpoint of a service',
    });
    return [];
  }
  return [
    {
      host,
      path,
      endpoint: to,
      timeoutSeconds: reader.integer('timeoutSeconds', { min: 1, max: 31_536_000 }),
      streaming: reader.boolean('streaming', false),
    },
  ];
}
