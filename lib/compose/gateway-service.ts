import type { GatewayPlan } from '../model/gateway-plan';
import { IMAGES } from '../model/images';
import { SECRET_PATHS } from '../model/secret-paths';
import type { ComposePort } from './compose-file';
import type { Fragment } from './answer';
import { combine, rendered } from './answer';
import type { Client } from './edges';
import { dependencies, extraHosts } from './edges';
import { Interpolation } from './interpolation';
import { fromComposeProject } from './paths';
import { bindMount } from './service-context';
import { checksum, CHECKSUM_LABEL } from './service-table';
import type { SystemContext } from './system-context';
import { cpuVariable } from './variables';

/** The gateway's configuration, relative to the Compose file; lib/gateway writes its content. */
export const GATEWAY_FILE = 'gateway/nginx.conf';

const LOOPBACK = '127.0.0.1';
const MEMORY = { limit: '128M', request: '32M' } as const;

/** What the gateway's service needs beside the plan. */
export interface GatewayService {
  readonly plan: GatewayPlan;
  readonly client: Client;
  readonly networks: readonly string[];
  /** Content of its configuration file; undefined: not known here, so a change of it is not seen. */
  readonly configuration: string | undefined;
}

/** The reverse proxy in front of the services: nginx, with no right and no writable place but /tmp. */
export function gatewayService(context: SystemContext, gateway: GatewayService): Fragment {
  const { client, plan } = gateway;
  const cpus = new Interpolation([{ kind: 'default', name: cpuVariable(context.project, client.name), value: '0' }]);
  const hosts = extraHosts(client);
  return combine([
    rendered({
      image: IMAGES.nginx,
      // Not the image's own entry point: it edits files of a root file system that is read-only here.
      entrypoint: ['nginx', '-e', 'stderr', '-c', '/etc/nginx/nginx.conf'],
      user: '101:101',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp:size=64m,mode=1777'],
      volumes: mounts(context, plan),
      ports: gatewayPorts(plan),
      networks: gateway.networks,
      depends_on: dependencies(client),
      healthcheck: {
        test: ['CMD', 'curl', '-fsS', '-o', '/dev/null', '--max-time', '3', `http://${LOOPBACK}:${plan.healthPort}/`],
        interval: '10s',
        timeout: '5s',
        retries: 3,
        start_period: '10s',
      },
      cpu_shares: 102,
      deploy: { resources: { limits: { cpus, memory: MEMORY.limit, pids: 64 }, reservations: { memory: MEMORY.request } } },
      restart: 'unless-stopped',
      // nginx ends its quiet connections on SIGQUIT, the image's own signal.
      stop_grace_period: '10s',
      labels: { app: context.project, component: 'gateway' },
    }),
    ...(client.profiles.length === 0 ? [] : [rendered({ profiles: client.profiles })]),
    ...(hosts === undefined ? [] : [rendered({ extra_hosts: hosts })]),
    ...(gateway.configuration === undefined
      ? []
      : [rendered({ labels: { [CHECKSUM_LABEL]: checksum(gateway.configuration) } })]),
  ]);
}

function mounts({ model }: SystemContext, plan: GatewayPlan): NonNullable<Fragment['volumes']> {
  const secret = (path: string): string =>
    fromComposeProject(model.settings, `${model.settings.secretsDirectory}/${path}`);
  const tls = plan.sites.some((site) => site.tls)
    ? [
        bindMount(secret(SECRET_PATHS.certificate), '/etc/nginx/tls/tls.crt'),
        bindMount(secret(SECRET_PATHS.key), '/etc/nginx/tls/tls.key'),
      ]
    : [];
  return [bindMount(`./${GATEWAY_FILE}`, '/etc/nginx/nginx.conf'), ...tls];
}

function gatewayPorts(plan: GatewayPlan): ComposePort[] {
  const ports = [...plan.sites.map(({ port }) => ({ port, address: LOOPBACK })), ...plan.forwards];
  return ports
    .map(({ port, address }): ComposePort => ({ target: port, published: String(port), host_ip: address, protocol: 'tcp' }))
    .sort((a, b) => a.target - b.target);
}
