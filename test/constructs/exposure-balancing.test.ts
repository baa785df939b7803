import { App, Testing } from 'cdk8s';
import { Exposure, Service, TarsChart } from '../../lib';
import type { ExposureProps } from '../../lib';

interface Emitted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec: unknown;
}

/** What is emitted for an exposure with two routes, of other kinds than without a choice of replicas, or with annotations. */
function emitted(props: Partial<ExposureProps>): Emitted[] {
  const app = new App();
  const chart = new TarsChart(app, 'tars', { exposure: 'none' });
  const web = new Service(chart, 'web', { image: 'web:1.0.0', ports: [{ name: 'http', port: 8080 }] });
  const api = new Service(chart, 'api', { image: 'api:1.0.0', ports: [{ name: 'http', port: 8080 }] });
  new Exposure(chart, 'door', {
    routes: [
      { host: 'web.tars.test', to: web.endpoint },
      { host: 'web.tars.test', path: '/api', to: api.endpoint },
      { host: 'api.tars.test', to: api.endpoint, timeoutSeconds: 600 },
    ],
    ...props,
  });
  return Testing.synth(chart) as Emitted[];
}

const policies = (props: Partial<ExposureProps>) =>
  emitted(props).filter(({ kind }) => kind === 'UpstreamSettingsPolicy' || kind === 'BackendTrafficPolicy');

test('every Ingress of the exposure says it by an annotation', () => {
  const ingresses = emitted({ balancing: 'least-connections' }).filter(({ kind }) => kind === 'Ingress');
  expect(ingresses).toHaveLength(2);
  for (const { metadata } of ingresses) {
    expect(metadata.annotations).toMatchObject({ 'nginx.ingress.kubernetes.io/load-balance': 'ewma' });
  }
});

test('NGINX Gateway Fabric: one policy that names each Service once', () => {
  expect(policies({ kind: 'gateway', balancing: 'ip-hash' })).toMatchObject([
    {
      kind: 'UpstreamSettingsPolicy',
      metadata: { name: 'tars-gateway-balancing', namespace: 'tars' },
      spec: {
        loadBalancingMethod: 'ip_hash',
        targetRefs: [
          { group: '', kind: 'Service', name: 'tars-api' },
          { group: '', kind: 'Service', name: 'tars-web' },
        ],
      },
    },
  ]);
});

test('NGINX Gateway Fabric: a policy names sixteen Services at most', () => {
  const app = new App();
  const chart = new TarsChart(app, 'tars', { exposure: 'none' });
  const services = Array.from(
    { length: 17 },
    (_, n) => new Service(chart, `s${n}`, { image: 'x:1.0.0', ports: [{ name: 'http', port: 8080 }] }),
  );
  new Exposure(chart, 'door', {
    kind: 'gateway',
    balancing: 'random',
    routes: services.map((service, n) => ({ host: `s${n}.tars.test`, to: service.endpoint })),
  });
  const made = (Testing.synth(chart) as { kind: string; metadata: { name: string }; spec: { targetRefs: unknown[] } }[])
    .filter(({ kind }) => kind === 'UpstreamSettingsPolicy')
    .map(({ metadata, spec }) => [metadata.name, spec.targetRefs.length]);
  expect(made).toEqual([
    ['tars-gateway-balancing', 16],
    ['tars-gateway-balancing-2', 1],
  ]);
});

test('Envoy Gateway: a policy for each HTTPRoute', () => {
  const target = (name: string) => [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name }];
  expect(policies({ kind: 'gateway', className: 'eg', balancing: 'random' }).map(({ spec }) => spec)).toEqual([
    { targetRefs: target('tars-api-tars-test'), loadBalancer: { type: 'Random' } },
    { targetRefs: target('tars-web-tars-test'), loadBalancer: { type: 'Random' } },
  ]);
});

test.each<Partial<ExposureProps>>([
  { kind: 'gateway' },
  { kind: 'gateway', className: 'eg' },
  { kind: 'gateway', className: 'traefik', balancing: 'random' },
])('no policy for %j', (props) => {
  expect(policies(props)).toEqual([]);
});
