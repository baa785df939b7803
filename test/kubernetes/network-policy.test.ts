import { App, Chart } from 'cdk8s';
import { ExternalService } from '../../lib/constructs/external-service';
import { Service } from '../../lib/constructs/service';
import { ref } from '../../lib/constructs/system';
import { TarsChart } from '../../lib/constructs/tars-chart';
import type { TarsChartProps } from '../../lib/constructs/tars-chart-props';
import type { ServiceProps } from '../../lib/model/service-props';
import type { Manifest } from '../support/manifests';
import { manifestsOf, namesOf, specOf, templatesOf } from '../support/manifests';
import type { End } from '../support/reachability';
import { isAllowed, podsOf } from '../support/reachability';

const tars = (props: TarsChartProps = {}): Manifest[] => manifestsOf(new TarsChart(new App(), 'tars', props));

const pod = (namespace: string, labels: Record<string, string> = {}): End => ({ name: namespace, namespace, labels });
const address = (text: string): End => ({ name: text, address: text });
const DNS = pod('kube-system', { 'k8s-app': 'kube-dns' });

function named(manifests: readonly Manifest[], name: string): End {
  const found = podsOf(manifests).find((p) => p.name === name);
  if (found === undefined) throw new Error(`no pod of ${name}`);
  return found;
}

/** Every connection inside a system that its policies let through, as `client -> server:port`. */
function connections(manifests: readonly Manifest[]): string[] {
  const pods = podsOf(manifests);
  const ports = [...new Set(templatesOf(manifests).flatMap(({ pod: p }) => p.containers[0]?.ports ?? []))].map(
    (p) => p.containerPort,
  );
  return pods
    .flatMap((from) =>
      pods.flatMap((to) =>
        [...new Set([...ports, 443, 22])]
          .filter((port) => isAllowed(manifests, from, to, port))
          .map((port) => `${from.name} -> ${to.name}:${port}`),
      ),
    )
    .sort();
}

/** Who needs whom: the last column of section 1. */
const NEEDS = [
  ...['backend -> ollama:11434', 'backend -> postgres:5432', 'backend -> redis:6379'],
  // The migration runs with the links of its service.
  ...['backend-migrate -> ollama:11434', 'backend-migrate -> postgres:5432', 'backend-migrate -> redis:6379'],
  'frontend -> backend:8000',
  'adminer -> postgres:5432',
  'prometheus -> backend:8000',
  'grafana -> prometheus:9090',
].sort();

describe('the policies of TARS (D3)', () => {
  const manifests = tars();

  it('let through what the components need, and nothing else', () => {
    expect(connections(manifests)).toEqual(NEEDS);
  });

  it('have two policies for each component and task, and one for all pods of the system', () => {
    expect(namesOf(manifests, 'NetworkPolicy')).toEqual(
      [...podsOf(manifests).flatMap((p) => [`tars-${p.name}`, `tars-${p.name}-egress`]), 'tars-default-deny'].sort(),
    );
  });

  it('are of one direction each, so that no enforcer takes one for the other', () => {
    const own = namesOf(manifests, 'NetworkPolicy').filter((name) => name !== 'tars-default-deny');
    for (const name of own) {
      const direction = name.endsWith('-egress') ? 'Egress' : 'Ingress';
      expect(specOf(manifests, 'NetworkPolicy', name)).toMatchObject({ policyTypes: [direction] });
    }
  });

  it.each<
    [what: string, from: string | End, to: string | End, port: number, protocol: 'TCP' | 'UDP', allowed: boolean]
  >([
    ['DNS by UDP', 'backend', DNS, 53, 'UDP', true],
    ['DNS by TCP', 'backend', DNS, 53, 'TCP', true],
    ['the DNS cache of a node', 'backend', address('169.254.20.10'), 53, 'UDP', true],
    ['DNS for a migration', 'backend-migrate', DNS, 53, 'UDP', true],
    ['DNS for a component that links to none', 'postgres', DNS, 53, 'UDP', true],
    ['another pod of kube-system', 'backend', pod('kube-system'), 53, 'UDP', false],
    ['the internet from the backend (D14)', 'backend', address('140.82.121.3'), 443, 'TCP', true],
    ['the internet by IPv6', 'backend', address('2606:4700::1'), 443, 'TCP', true],
    ['the internet at another port', 'backend', address('140.82.121.3'), 80, 'TCP', false],
    ['the metadata server', 'backend', address('169.254.169.254'), 443, 'TCP', false],
    ['a private network', 'backend', address('10.1.2.3'), 443, 'TCP', false],
    ['a private network, 172.16', 'backend', address('172.20.0.1'), 443, 'TCP', false],
    ['a private network, 192.168', 'backend', address('192.168.1.1'), 443, 'TCP', false],
    ['a shared network', 'backend', address('100.64.0.1'), 443, 'TCP', false],
    ['a private network by IPv6', 'backend', address('fd00::1'), 443, 'TCP', false],
    ['the internet from the frontend', 'frontend', address('140.82.121.3'), 443, 'TCP', false],
    ['the internet from Ollama', 'ollama', address('140.82.121.3'), 443, 'TCP', false],
    ['the internet from the migration', 'backend-migrate', address('140.82.121.3'), 443, 'TCP', false],
    ['the internet from Grafana', 'grafana', address('140.82.121.3'), 443, 'TCP', false],
    ['the load balancer (D13)', address('203.0.113.9'), 'backend', 8000, 'TCP', true],
    ['the load balancer, WebSocket', address('203.0.113.9'), 'backend', 8001, 'TCP', true],
    ['the ingress controller to the page', pod('ingress-nginx'), 'frontend', 3000, 'TCP', true],
    ['the ingress controller to the API', pod('ingress-nginx'), 'backend', 8000, 'TCP', true],
    ['the ingress controller to the WebSocket', pod('ingress-nginx'), 'backend', 8001, 'TCP', true],
    ['the ingress controller to the database', pod('ingress-nginx'), 'postgres', 5432, 'TCP', false],
    ['a stranger to the database', pod('default'), 'postgres', 5432, 'TCP', false],
    [
      'a stranger with our labels elsewhere',
      pod('default', { app: 'tars', component: 'backend' }),
      'postgres',
      5432,
      'TCP',
      false,
    ],
    ['a stranger to the page', pod('default'), 'frontend', 3000, 'TCP', false],
    ['the internet to the database', address('203.0.113.9'), 'postgres', 5432, 'TCP', false],
  ])('%s', (_, from, to, port, protocol, allowed) => {
    const end = (one: string | End): End => (typeof one === 'string' ? named(manifests, one) : one);
    expect(isAllowed(manifests, end(from), end(to), port, protocol)).toBe(allowed);
  });

  it('judge the address that a client has, which no node may hide', () => {
    const [some, all] = [{ allowedCidrs: ['203.0.113.0/24'] }, {}].map((props) =>
      specOf(tars(props), 'Service', 'tars-backend'),
    );
    expect(some).toMatchObject({ externalTrafficPolicy: 'Local', loadBalancerSourceRanges: ['203.0.113.0/24'] });
    expect(all).not.toHaveProperty('externalTrafficPolicy');
  });

  it.each<[what: string, props: TarsChartProps, from: End, to: string, port: number, allowed: boolean]>([
    ['a load balancer for some', { allowedCidrs: ['203.0.113.0/24'] }, address('203.0.113.9'), 'backend', 8000, true],
    ['a load balancer for some', { allowedCidrs: ['203.0.113.0/24'] }, address('8.8.8.8'), 'backend', 8000, false],
    ['no load balancer', { backendAccess: 'cluster-ip' }, address('203.0.113.9'), 'backend', 8000, false],
    ['no load balancer', { backendAccess: 'cluster-ip' }, pod('ingress-nginx'), 'backend', 8000, true],
    ['no exposure', { exposure: 'none' }, pod('ingress-nginx'), 'frontend', 3000, false],
    ['another controller', { controllerNamespaces: ['edge'] }, pod('edge'), 'frontend', 3000, true],
    ['another controller', { controllerNamespaces: ['edge'] }, pod('ingress-nginx'), 'frontend', 3000, false],
    ['a class of its own', { ingressClass: 'traefik' }, pod('traefik'), 'frontend', 3000, true],
    ['a gateway', { exposure: 'gateway', ingressClass: 'eg' }, pod('envoy-gateway-system'), 'frontend', 3000, true],
    [
      'monitoring elsewhere',
      { backendAccess: 'cluster-ip', monitoringNamespaces: ['obs'] },
      pod('obs'),
      'backend',
      8000,
      true,
    ],
    [
      'monitoring elsewhere',
      { backendAccess: 'cluster-ip', monitoringNamespaces: ['obs'] },
      pod('obs'),
      'postgres',
      5432,
      false,
    ],
  ])('%s: %j lets %j reach %s:%i: %s', (_, props, from, to, port, allowed) => {
    const output = tars(props);
    expect(isAllowed(output, from, named(output, to), port)).toBe(allowed);
  });

  it('let a model pull reach the internet, and nobody reach it', () => {
    const output = tars({ models: ['llama3.2:1b'] });
    const pull = named(output, 'ollama-models');
    expect(isAllowed(output, pull, address('140.82.121.3'), 443)).toBe(true);
    expect(isAllowed(output, named(output, 'ollama'), address('140.82.121.3'), 443)).toBe(false);
    expect(connections(output)).toEqual(NEEDS);
  });

  it('name other DNS pods, ports and caches where they are said', () => {
    const output = tars({
      dns: { namespace: 'dns', podLabels: { app: 'knot' }, cidrs: ['10.9.8.7/32'], ports: [53, 1053] },
    });
    const backend = named(output, 'backend');
    expect(isAllowed(output, backend, pod('dns', { app: 'knot' }), 1053, 'UDP')).toBe(true);
    expect(isAllowed(output, backend, address('10.9.8.7'), 53)).toBe(true);
    expect(isAllowed(output, backend, DNS, 53, 'UDP')).toBe(false);
  });
});

describe('the policies of any services', () => {
  const WEB: ServiceProps = { image: 'web:1', ports: [{ name: 'http', port: 80 }] };

  it('let a service without links ask the DNS, and nothing else', () => {
    const chart = new Chart(new App(), 'shop');
    new Service(chart, 'web', WEB);
    const podSelector = { matchLabels: { app: 'shop', component: 'web' } };
    const manifests = manifestsOf(chart);
    expect(specOf(manifests, 'NetworkPolicy', 'shop-web')).toEqual({ podSelector, policyTypes: ['Ingress'] });
    expect(specOf(manifests, 'NetworkPolicy', 'shop-web-egress')).toEqual({
      podSelector,
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
            { ipBlock: { cidr: '169.254.20.10/32' } },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    });
  });

  it('follow a link into another namespace', () => {
    const app = new App();
    const data = new Chart(app, 'data', { namespace: 'data' });
    const shop = new Chart(app, 'shop', { namespace: 'shop' });
    const db = new Service(data, 'db', WEB);
    new Service(shop, 'web', { ...WEB, env: { DB: db.endpoint.url() } });
    new Service(shop, 'other', WEB);
    const output = manifestsOf(data, shop);
    expect(connections(output)).toEqual(['web -> db:80']);
  });

  it('open one port of several to the client that links to it', () => {
    const chart = new Chart(new App(), 'shop');
    const api = new Service(chart, 'api', {
      image: 'api:1',
      ports: [
        { name: 'http', port: 80 },
        { name: 'admin', port: 81 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    });
    new Service(chart, 'web', { ...WEB, connectTo: [api.endpointOf('admin'), api.endpointOf('dns')] });
    const output = manifestsOf(chart);
    expect(connections(output)).toEqual(['web -> api:81']);
    expect(isAllowed(output, named(output, 'web'), named(output, 'api'), 53, 'UDP')).toBe(true);
  });

  it('let a task reach what its own variables name, and nothing else of its service', () => {
    const chart = new Chart(new App(), 'shop');
    const db = new Service(chart, 'db', WEB);
    const cache = new Service(chart, 'cache', WEB);
    new Service(chart, 'web', {
      ...WEB,
      connectTo: [cache.endpoint],
      tasks: [
        { name: 'seed', command: ['seed'], env: { DB: db.endpoint.url() } },
        { name: 'warm', command: ['warm'] },
      ],
    });
    // What a task names its service may reach as well: it is one program.
    expect(connections(manifestsOf(chart))).toEqual(['web -> cache:80', 'web -> db:80', 'web-seed -> db:80']);
  });

  it('let two services that refer to each other talk both ways', () => {
    const chart = new Chart(new App(), 'shop');
    const web = new Service(chart, 'web', { ...WEB, connectTo: [ref(chart, 'api', 'http')] });
    new Service(chart, 'api', { ...WEB, connectTo: [web.endpoint.waitFor('none')] });
    expect(connections(manifestsOf(chart))).toEqual(['api -> web:80', 'web -> api:80']);
  });

  it.each<[cidrs: string[] | undefined, to: string, port: number, allowed: boolean]>([
    [['203.0.113.0/24'], '203.0.113.7', 5432, true],
    [['203.0.113.0/24'], '203.0.113.7', 5433, false],
    [['203.0.113.0/24'], '198.51.100.1', 5432, false],
    [undefined, '198.51.100.1', 5432, true],
    [undefined, '198.51.100.1', 443, false],
  ])('open %j of something outside to %s:%i: %s', (cidrs, to, port, allowed) => {
    const chart = new Chart(new App(), 'shop');
    const db = new ExternalService(chart, 'db', {
      host: 'db.example.com',
      port: 5432,
      ...(cidrs === undefined ? {} : { cidrs }),
    });
    new Service(chart, 'web', { ...WEB, connectTo: [db.endpoint] });
    const output = manifestsOf(chart);
    expect(isAllowed(output, named(output, 'web'), address(to), port)).toBe(allowed);
  });

  it.each<[peer: NonNullable<ServiceProps['allowFrom']>[number], from: End, port: number, allowed: boolean]>([
    [{ podLabels: { app: 'old' } }, pod('shop', { app: 'old' }), 80, true],
    [{ podLabels: { app: 'old' } }, pod('shop', { app: 'new' }), 80, false],
    [{ podLabels: { app: 'old' } }, pod('else', { app: 'old' }), 80, false],
    [{ namespace: 'else' }, pod('else', { app: 'any' }), 80, true],
    [{ namespace: 'else' }, pod('shop', { app: 'any' }), 80, false],
    [{ namespace: 'else', podLabels: { app: 'old' } }, pod('else', { app: 'old' }), 80, true],
    [{ namespace: 'else', podLabels: { app: 'old' } }, pod('else'), 80, false],
    [{ cidr: '10.0.0.0/8' }, address('10.9.9.9'), 80, true],
    [{ cidr: '10.0.0.0/8' }, address('11.9.9.9'), 80, false],
    [{ namespace: 'else', port: 'http' }, pod('else'), 81, false],
    [{ namespace: 'else' }, pod('else'), 81, true],
  ])('let in %j: %j at %i: %s', (peer, from, port, allowed) => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    new Service(chart, 'web', {
      image: 'web:1',
      ports: [
        { name: 'http', port: 80 },
        { name: 'admin', port: 81 },
      ],
      allowFrom: [peer],
    });
    const output = manifestsOf(chart);
    expect(isAllowed(output, from, named(output, 'web'), port)).toBe(allowed);
  });
});
