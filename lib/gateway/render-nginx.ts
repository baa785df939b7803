import type { GatewayForward, GatewayPlan, GatewaySite, GatewayTarget } from '../model/gateway-plan';
import { gatewayTargets, planGateway } from '../model/gateway-plan';
import type { ComposeTarget } from '../model/compose-target';
import type { SystemModel } from '../model/system-model';
import type { Directive } from '../policy/nginx-syntax';
import { block, directive, writeDirectives } from '../policy/nginx-syntax';
import { resolverDirectives, upstreamBlock } from '../policy/nginx-upstream';

const HEADER = '# Made by cdk8s-tars from the service model. Change main.ts, not this file.\n';

/** As long as a request without a limit of its own may take: nginx' default. */
const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_BODY = '64m';

/**
 * Configuration of the gateway that stands in front of the services on Compose: it serves each
 * exposure's routes by host name, and publishes ports for all replicas of a service.
 *
 * nginx 1.27.3 or later: names are resolved while it runs (`resolve`), so that it starts when a
 * service is not there (its profile is off), finds replicas that are added and drops those that
 * stop, without a restart.
 *
 * Replicas are chosen by least connections, unless a service or an exposure says otherwise. Session affinity by client address would send everybody
 * to one replica, since behind the engine's port proxy all clients have the same address; what
 * Compose cannot do here is told by its renderer.
 *
 * @returns the text of nginx.conf; undefined when there is nothing for a gateway to do
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server
 */
export function renderNginx(model: SystemModel): string | undefined {
  const plan = planGateway(model);
  return plan === undefined ? undefined : HEADER + writeDirectives(configuration(plan));
}

function configuration(plan: GatewayPlan): Directive[] {
  return [
    directive('daemon', 'off'),
    directive('pid', '/tmp/nginx.pid'),
    directive('error_log', 'stderr', 'warn'),
    directive('worker_processes', '2'),
    // Connections that stay open, WebSockets above all, must not hold up a stop.
    directive('worker_shutdown_timeout', '8s'),
    block('events', [], [directive('worker_connections', '1024')]),
    block('http', [], http(plan)),
  ];
}

function http(plan: GatewayPlan): Directive[] {
  return [
    ...GENERAL,
    ...gatewayTargets(plan).map(upstream),
    block('server', [], [directive('listen', `127.0.0.1:${plan.healthPort}`), directive('access_log', 'off'), OK]),
    ...plan.forwards.map(forwardServer),
    ...plan.sites.flatMap(siteServers),
  ];
}

const OK = block('location', ['/'], [directive('return', '200', 'ok\n')]);

const LOG_FORMAT =
  '{"time":"$time_iso8601","type":"request","host":"$host","method":"$request_method","path":"$uri",' +
  '"status":$status,"seconds":$request_time,"bytes":$bytes_sent,"upstream":"$upstream_addr"}';

const GENERAL: readonly Directive[] = [
  ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => directive(`${name}_temp_path`, `/tmp/${name}`)),
  directive('log_format', 'json', 'escape=json', LOG_FORMAT),
  directive('access_log', '/dev/stdout', 'json'),
  directive('server_tokens', 'off'),
  // A host may have 253 characters; nginx refuses more than some 40 unless it is told.
  directive('server_names_hash_bucket_size', '512'),
  directive('default_type', 'text/plain'),
  directive('client_max_body_size', MAX_BODY),
  ...resolverDirectives(),
  block('map', ['$http_upgrade', '$connection_upgrade'], [directive('default', 'upgrade'), directive('', '')]),
  // What came through another proxy in front of this one keeps its scheme.
  block(
    'map',
    ['$http_x_forwarded_proto', '$forwarded_proto'],
    [directive('default', '$http_x_forwarded_proto'), directive('', '$scheme')],
  ),
  directive('proxy_http_version', '1.1'),
  directive('proxy_set_header', 'Host', '$http_host'),
  directive('proxy_set_header', 'Upgrade', '$http_upgrade'),
  directive('proxy_set_header', 'Connection', '$connection_upgrade'),
  directive('proxy_set_header', 'X-Real-IP', '$remote_addr'),
  directive('proxy_set_header', 'X-Forwarded-For', '$proxy_add_x_forwarded_for'),
  directive('proxy_set_header', 'X-Forwarded-Host', '$http_host'),
  directive('proxy_set_header', 'X-Forwarded-Port', '$server_port'),
  directive('proxy_set_header', 'X-Forwarded-Proto', '$forwarded_proto'),
  // A replica that has just stopped is known for some seconds yet: ask the next one, and soon.
  directive('proxy_connect_timeout', '1s'),
  directive('proxy_next_upstream', 'error', 'timeout'),
  // nginx asks nobody else if the list of replicas changes while it still waits for one: then those of the new list
  // are asked, if nothing was sent to anybody, or what may be done twice was cut off.
  block(
    'map',
    ['$request_method|$upstream_bytes_sent|$upstream_status', '$failed_for_good'],
    [
      directive('~^[^|]*\\|[-0 ,:]*\\|', ''),
      directive('~504$', '504'),
      directive('~^(GET|HEAD)\\|', ''),
      directive('default', '502'),
    ],
  ),
];

function upstreamName(target: ComposeTarget): string {
  return `${target.host}_${target.port}`.replace(/[^A-Za-z0-9_.-]/g, '_');
}

function upstream(target: GatewayTarget): Directive {
  const { host, port, balancing } = target;
  const upstreamOf = { name: upstreamName(target), strategy: balancing, servers: [{ name: host, port }] };
  const made = upstreamBlock(upstreamOf);
  return { ...made, block: [...(made.block ?? []), directive('keepalive', '16')] };
}

/** A port of its own for all replicas of one service, whatever the host. */
function forwardServer(forward: GatewayForward): Directive {
  return block(
    'server',
    [],
    [directive('listen', String(forward.port)), ...routed([{ paths: [['/']], ...forward, streaming: true }])],
  );
}

function siteServers(site: GatewaySite): Directive[] {
  const hosts = [...new Set(site.routes.map((route) => route.host))];
  return [...hosts.map((host) => hostServer(site, host)), unknownHostServer(site, hosts)];
}

function hostServer(site: GatewaySite, host: string): Directive {
  const routes = site.routes.filter((route) => route.host === host);
  const paths = new Map(routes.map((route) => [normalized(route.path), route]));
  return block(
    'server',
    [],
    [
      ...listen(site, []),
      directive('server_name', host),
      // nginx takes the longest prefix: the order does not matter, so it is the reader's.
      ...routed(
        [...paths.entries()]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([path, { target, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, streaming }]) => ({
            paths: locations(path),
            ...{ target, timeoutSeconds, streaming },
          })),
      ),
    ],
  );
}

/** Answers requests for other hosts with the list of those there are. */
function unknownHostServer(site: GatewaySite, hosts: readonly string[]): Directive {
  const scheme = site.tls ? 'https' : 'http';
  const urls = hosts.map((host) => `  ${scheme}://${host}:${site.port}/\n`).join('');
  const help = `${urls}They need a line in /etc/hosts: 127.0.0.1 ${hosts.join(' ')}\n`;
  return block(
    'server',
    [],
    [
      ...listen(site, ['default_server']),
      block('location', ['/'], [directive('return', '404', `no such host here. These are served:\n${help}`)]),
    ],
  );
}

function listen(site: GatewaySite, options: readonly string[]): Directive[] {
  if (!site.tls) return [directive('listen', String(site.port), ...options)];
  return [
    directive('listen', String(site.port), 'ssl', ...options),
    directive('http2', 'on'),
    directive('ssl_certificate', '/etc/nginx/tls/tls.crt'),
    directive('ssl_certificate_key', '/etc/nginx/tls/tls.key'),
    directive('ssl_protocols', 'TLSv1.2', 'TLSv1.3'),
  ];
}

function normalized(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** A path prefix as Ingress and Gateway API mean it: "/api" is /api and what is below, not /apis. */
function locations(path: string): readonly string[][] {
  return path === '/' ? [['/']] : [['=', path], [`${path}/`]];
}

/** Who answers what. */
interface Routed {
  /** Parameters of each location. */
  readonly paths: readonly (readonly string[])[];
  readonly target: ComposeTarget;
  readonly timeoutSeconds: number;
  readonly streaming: boolean;
}

/** Locations, and after them those that ask once more, one for all that ask the same in the same way. */
function routed(routes: readonly Routed[]): Directive[] {
  const again = new Map(routes.map((route) => [againName(route), pass(route)]));
  return [
    ...routes.flatMap((route) =>
      route.paths.map((path) =>
        block('location', path, [...pass(route), directive('error_page', '502', '504', '=', againName(route))]),
      ),
    ),
    ...[...again].map(([name, asked]) => block('location', [name], [...['502', '504'].map(returnIfFailed), ...asked])),
  ];
}

function againName({ target, timeoutSeconds, streaming }: Routed): string {
  return `@again_${upstreamName(target)}_${timeoutSeconds}s${streaming ? '_streaming' : ''}`;
}

function returnIfFailed(status: string): Directive {
  return block('if', ['($failed_for_good', '=', `${status})`], [directive('return', status)]);
}

function pass({ target, timeoutSeconds, streaming }: Routed): Directive[] {
  return [
    directive('proxy_pass', `http://${upstreamName(target)}`),
    directive('proxy_read_timeout', `${timeoutSeconds}s`),
    directive('proxy_send_timeout', `${timeoutSeconds}s`),
    ...(streaming ? [directive('proxy_buffering', 'off')] : []),
  ];
}
