import { REPLICA_BALANCING } from './balancing';
import type { IssueCollector } from './issues';
import { show } from './issues';
import { isCidr, isDnsLabel } from './names';
import { PropsReader } from './props-reader';
import type { AccessProps, PeerProps, PortProps } from './service-props';
import type { Access, Peer, Port, Workload } from './service-spec';

const PORT_RANGE = { min: 1, max: 65_535 } as const;
/** @see https://www.rfc-editor.org/rfc/rfc6335#section-5.1 */
const MAX_PORT_NAME = 15;

/** Reads the ports that a service listens on. */
export function readPorts(
  items: readonly unknown[],
  access: Access['kind'] | undefined,
  issues: IssueCollector,
): Port[] {
  const ports = items.map((item, index) => readPort(item as PortProps, access, issues.at(index)));
  ports.forEach((port, index) => {
    const first = ports.findIndex(
      (p) => p.name === port.name || (p.number === port.number && p.protocol === port.protocol),
    );
    if (first === index) return;
    issues.at(index).add({
      code: 'TARS1005',
      message: `the port repeats ports[${first}]`,
      given: `${port.name} ${port.number}/${port.protocol}`,
      allowed: 'each name once, each number once for each protocol',
      remedy: 'remove one of them or give it another name and number',
    });
  });
  return ports;
}

function readPort(props: PortProps, access: Access['kind'] | undefined, issues: IssueCollector): Port {
  const reader = new PropsReader<PortProps>(props, issues, {
    name: true,
    port: true,
    protocol: true,
    publish: true,
    publishVia: true,
    publishAddress: true,
  });
  const name = reader.requiredString('name', 'port');
  if (!isDnsLabel(name, MAX_PORT_NAME) || !/[a-z]/.test(name) || name.includes('--')) {
    reader.at('name').add({
      code: 'TARS1003',
      message: 'not the name of a port',
      given: show(name),
      allowed: `at most ${MAX_PORT_NAME} lower-case letters, digits and single "-", with a letter`,
      remedy: 'shorten it, e.g. "http", "websocket", "metrics"',
    });
  }
  if (!reader.has('port')) {
    reader.at('port').add({
      code: 'TARS1002',
      message: 'a value is missing',
      given: 'nothing',
      allowed: 'a whole number from 1 to 65535',
      remedy: 'say which number the service listens on',
    });
  }
  const hostPort = reader.integer('publish', PORT_RANGE);
  return {
    name,
    number: reader.integer('port', PORT_RANGE, 1),
    protocol: reader.oneOf('protocol', ['TCP', 'UDP'], 'TCP'),
    publish:
      hostPort === undefined
        ? undefined
        : {
            hostPort,
            via: reader.oneOf('publishVia', ['service', 'gateway'], 'service'),
            address: reader.string('publishAddress', '127.0.0.1'),
          },
    openTo: access === 'load-balancer' ? 'load-balancer' : 'links',
  };
}

/** The kind of Service, which the ports have to know before the rest of it is read. */
export function readAccessKind(props: unknown): Access['kind'] | undefined {
  const kind = (props as AccessProps | undefined)?.kind;
  return kind;
}

/** Reads the Kubernetes Service in front of the pods. */
export function readAccess(
  props: AccessProps | undefined,
  service: { kubernetesName: string; ports: readonly Port[]; workload: Workload['kind'] },
  issues: IssueCollector,
): Access {
  const reader = new PropsReader<AccessProps>(props, issues, {
    kind: true,
    headlessBeside: true,
    sessionAffinity: true,
    allowedCidrs: true,
    trafficDistribution: true,
    balancing: true,
  });
  const usual = service.ports.length === 0 ? 'none' : 'cluster-ip';
  const stateful = service.workload === 'stateful-set' && service.ports.length > 0;
  const allowedCidrs = reader.strings('allowedCidrs') ?? [];
  allowedCidrs.forEach((cidr, index) => {
    if (!isCidr(cidr)) addCidrIssue(reader.at('allowedCidrs').at(index), cidr);
  });
  return {
    kind: reader.oneOf('kind', ['none', 'cluster-ip', 'headless', 'load-balancer'], usual),
    headlessName: reader.boolean('headlessBeside', stateful) ? `${service.kubernetesName}-headless` : undefined,
    sessionAffinity: reader.boolean('sessionAffinity', false),
    allowedCidrs,
    trafficDistribution: reader.oneOf('trafficDistribution', ['PreferClose']),
    balancing: reader.oneOf('balancing', REPLICA_BALANCING),
  };
}

/** Reads who may connect although no link says so. */
export function readPeers(items: readonly unknown[], ports: readonly Port[], issues: IssueCollector): Peer[] {
  return items.map((item, index): Peer => {
    const reader = new PropsReader<PeerProps>(item as PeerProps, issues.at(index), {
      podLabels: true,
      namespace: true,
      cidr: true,
      port: true,
    });
    const port = reader.string('port');
    if (port !== undefined && !ports.some((p) => p.name === port)) {
      reader.at('port').add({
        code: 'TARS2001',
        message: 'the service does not have this port',
        given: show(port),
        allowed: ports.map((p) => `"${p.name}"`).join(', ') || 'declare a port first',
        remedy: "name one of the service's ports",
      });
    }
    const cidr = reader.string('cidr');
    const byPods = reader.has('podLabels') || reader.has('namespace');
    if ((cidr !== undefined) === byPods) {
      reader.issues.add({
        code: 'TARS1016',
        message: 'a peer is either pods or addresses',
        given: show(item),
        allowed: 'podLabels and namespace, or cidr',
        remedy: 'keep one of them',
      });
    }
    if (cidr !== undefined) {
      if (!isCidr(cidr)) addCidrIssue(reader.at('cidr'), cidr);
      return { kind: 'addresses', cidr, port };
    }
    const podLabels = Object.fromEntries(reader.entries('podLabels').map(([key, value]) => [key, String(value)]));
    return { kind: 'pods', podLabels, namespace: reader.string('namespace'), port };
  });
}

/** Says that a text is no CIDR block. */
export function addCidrIssue(issues: IssueCollector, given: unknown): void {
  issues.add({
    code: 'TARS1019',
    message: 'not a CIDR block',
    given: show(given),
    allowed: 'an address and a prefix length, e.g. "203.0.113.0/24" or "2001:db8::/32"',
    remedy: 'add the prefix length; a single IPv4 address is "/32"',
  });
}
