import type { ExposureSpec } from '../../lib/model/exposure';
import type { ServiceProps } from '../../lib/model/service-props';
import { balancingFidelity } from '../../lib/rules/balancing-fidelity';
import { anExposure, aSystem } from '../support/builders';

const API: ServiceProps = { name: 'web', ports: [{ name: 'http', port: 80 }] };
const BEGIN = 'a choice of replicas is not followed exactly on Kubernetes; ';

const messages = (system: Parameters<typeof aSystem>[0]) =>
  balancingFidelity.check(aSystem(system)).map(({ code, severity, path, message }) => {
    expect([code, severity]).toEqual(['TARS3007', 'notice']);
    expect(message.startsWith(BEGIN)).toBe(true);
    return [path, message.slice(BEGIN.length)];
  });

test.each<[string, ServiceProps['access'], string | undefined]>([
  ['nothing said', undefined, undefined],
  ['round-robin', { balancing: 'round-robin' }, 'the Service: a pod is drawn for each connection'],
  ['random', { balancing: 'random' }, 'the Service: a pod is drawn for each connection'],
  ['least-connections', { balancing: 'least-connections' }, 'the Service: a pod is drawn for each connection'],
  [
    'ip-hash',
    { balancing: 'ip-hash', kind: 'load-balancer' },
    'the Service: the pod that was drawn is remembered for three hours, and nothing is hashed',
  ],
  ['no address of its own', { balancing: 'random', kind: 'headless' }, undefined],
])('a service: %s', (_, access, message) => {
  expect(messages({ services: [{ ...API, ...(access && { access }) }] })).toEqual(
    message === undefined ? [] : [['tars/web.access.balancing', message]],
  );
});

test.each<[string, Partial<ExposureSpec>, string | undefined]>([
  ['nothing said', {}, undefined],
  ['ingress-nginx, exact', { balancing: 'round-robin' }, undefined],
  [
    'ingress-nginx, roughly',
    { balancing: 'least-connections' },
    'ingress-nginx: ewma: the better of two by a moving average of response times',
  ],
  ['ingress-nginx, not at all', { balancing: 'random' }, 'ingress-nginx: it has round_robin, ewma and hashing'],
  ['NGINX Gateway Fabric', { kind: 'gateway', balancing: 'ip-hash' }, undefined],
  [
    'Envoy Gateway',
    { kind: 'gateway', className: 'eg', balancing: 'least-connections' },
    'Envoy Gateway: LeastRequest: the better of two that are drawn',
  ],
  [
    'a class that is not known',
    { className: 'traefik', balancing: 'round-robin' },
    'the ingress class "traefik" is told nothing: how to, is not known here',
  ],
])('an exposure: %s', (_, exposure, message) => {
  expect(messages({ services: [API], exposures: [anExposure(exposure)] })).toEqual(
    message === undefined ? [] : [['tars/ingress.balancing', message]],
  );
});
