import type { JsonObject } from '../../../lib/verify/emitted';
import type { PublishedPort } from '../../../lib/verify/reachability/compose-networks';
import { canPublish, composeNetworks, leadsOut, meet } from '../../../lib/verify/reachability/compose-networks';

const of = (services: JsonObject, networks: JsonObject = {}): ReturnType<typeof composeNetworks> =>
  composeNetworks({ compose: { services, networks } });
const NETWORKS: JsonObject = {
  inner: { internal: true },
  inbound: { driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } },
  outer: {},
};

test.each<[what: string, a: JsonObject, b: JsonObject, meet: boolean]>([
  ['nothing said: the default network', {}, {}, true],
  ['one network', { networks: ['inner'] }, { networks: ['inner', 'outer'] }, true],
  ['the long form', { networks: { inner: { aliases: ['x'] } } }, { networks: { inner: null } }, true],
  ['no network in common', { networks: ['inner'] }, { networks: ['outer'] }, false],
  ['one says nothing', { networks: ['inner'] }, {}, false],
  ['network_mode none', { network_mode: 'none' }, {}, false],
  ['network_mode host', { network_mode: 'host' }, {}, false],
  ["the engine's own bridge is a network", { network_mode: 'bridge' }, { network_mode: 'bridge' }, true],
  ['network_mode of the other', { network_mode: 'service:b' }, { networks: ['inner'] }, true],
  ['network_mode in a circle', { network_mode: 'service:b' }, { network_mode: 'service:a' }, false],
])('%s: a and b meet: %#', (_, a, b, expected) => {
  expect(meet(of({ a, b }, NETWORKS), 'a', 'b')).toBe(expected);
});

test.each<[service: JsonObject, out: boolean, published: boolean]>([
  [{ networks: ['inner'] }, false, false],
  [{ networks: ['inbound'] }, false, true],
  [{ networks: ['inner', 'inbound'] }, false, true],
  [{ networks: ['inner', 'outer'] }, true, true],
  [{}, true, true],
  [{ network_mode: 'none' }, false, false],
  [{ network_mode: 'host' }, true, false],
])('%j leads out: %s, can publish: %s', (service, out, published) => {
  const networks = of({ a: service }, NETWORKS);
  expect(leadsOut(networks, 'a')).toBe(out);
  expect(canPublish(networks, 'a')).toBe(published);
});

const port = (
  target: number,
  published?: string,
  address?: string,
  protocol: 'TCP' | 'UDP' = 'TCP',
): PublishedPort => ({
  target,
  published,
  address,
  protocol,
  index: 0,
});

test.each<[said: string | number | JsonObject, ports: PublishedPort[]]>([
  [{ target: 80, published: '8080', host_ip: '127.0.0.1', protocol: 'tcp' }, [port(80, '8080', '127.0.0.1')]],
  [{ target: 80, published: 8080 }, [port(80, '8080')]],
  [{ target: 53, protocol: 'udp' }, [port(53, undefined, undefined, 'UDP')]],
  [80, [port(80)]],
  ['80', [port(80)]],
  ['8080:80', [port(80, '8080')]],
  ['127.0.0.1:8080:80', [port(80, '8080', '127.0.0.1')]],
  ['[::1]:8080:80', [port(80, '8080', '::1')]],
  ['127.0.0.1::80', [port(80, undefined, '127.0.0.1')]],
  ['5353:53/udp', [port(53, '5353', undefined, 'UDP')]],
  ['8000-8001:9000-9001', [port(9000, '8000'), port(9001, '8001')]],
  ['${PORT}:80', [port(80, '${PORT}')]],
  ['127.0.0.1:${PORT:-8080}:80', [port(80, '${PORT:-8080}', '127.0.0.1')]],
  ['web', []],
])('ports: %j', (said, ports) => {
  expect(of({ a: { ports: [said] } }).published.get('a')).toEqual(ports);
});
