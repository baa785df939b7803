// Balancing strategies as they are compiled: `nginx -t` of a real nginx, and the real API server.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { ApiServer } from './api-server.mjs';
import { testConfiguration } from './nginx.mjs';

const require = createRequire(import.meta.url);
const { App } = require('cdk8s');
const tars = require('cdk8s-tars');
const { compileBalancing } = require('cdk8s-tars/ops');
const { renderNginx } = require('../../build/lib/gateway/render-nginx.js');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const STRATEGIES = ['round-robin', 'weighted', 'least-connections', 'random', 'ip-hash'];
const SUBJECT = {
  name: 'api',
  backends: [
    { name: '127.0.0.1', port: 8001, weight: 5 },
    { name: '127.0.0.2', port: 8001 },
    { name: '[::1]', port: 8001, weight: 0 },
  ],
};
const NAMED = { name: 'api', backends: SUBJECT.backends.map((one, n) => ({ ...one, name: `api_${n}.test` })) };
const SERVICES = {
  name: 'api',
  backends: SUBJECT.backends.map(({ port, weight }, n) => ({ name: `api-${n}`, port, weight })),
};

/** The bounds of what is accepted, and more servers than a zone of one size would hold. */
const LARGEST = {
  name: 'a'.repeat(253),
  resolver: '[::1]:65535',
  backends: [
    ...Array.from({ length: 10_000 }, (_, n) => ({ name: `10.0.${n >> 8}.${n & 255}`, port: 65_535, weight: 65_535 })),
    ...Array.from({ length: 100 }, (_, n) => ({ name: `${'a'.repeat(63)}.${n}.test`, port: 1, weight: 65_535 })),
    { name: `${'abc.'.repeat(62)}abcde`, port: 80, weight: 0 },
  ],
};

/** @param {string} upstream */
function site(upstream) {
  const [, name] = /^upstream (\S+)/.exec(upstream) ?? [];
  return `events {}\nerror_log stderr;\npid /tmp/pid;\nhttp { access_log off;\n${upstream}server { listen 127.0.0.1:8999; location / { proxy_pass http://${name}; } } }\n`;
}

/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
/** @type {ApiServer} */
let api;

before(async () => {
  plane = await startControlPlane();
  const scratch = mkdtempSync(join(tmpdir(), 'tars-crds-'));
  writeFileSync(join(scratch, 'policy.json'), JSON.stringify(NGF_POLICY));
  const crds = ['gateway-api', 'envoy-gateway'].map((name) => join(ROOT, 'imports', 'crds', name));
  const { code, stderr } = await plane.kubectl([
    'apply',
    '--server-side',
    ...[...crds, scratch].flatMap((one) => ['-f', one]),
  ]);
  rmSync(scratch, { recursive: true });
  assert.equal(code, 0, stderr);
  api = new ApiServer(plane);
  await api.customResources();
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tars' } });
});
after(async () => {
  api?.close();
  await plane?.stop();
});

for (const strategy of STRATEGIES) {
  for (const [what, subject] of Object.entries({ addresses: SUBJECT, names: NAMED, 'the largest': LARGEST })) {
    test(`nginx takes the upstream of ${strategy}: ${what}`, () => {
      const { ok, said } = testConfiguration(site(compileBalancing(strategy, 'nginx', subject).output));
      assert.ok(ok, said);
    });
  }

  test(`the API server takes the HTTPRoute of ${strategy}`, async () => {
    const { output: backendRefs } = compileBalancing(strategy, 'http-route', SERVICES);
    const spec = { parentRefs: [{ name: 'any' }], rules: [{ backendRefs }] };
    const said = await api.dryRun(object('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec }));
    assert.equal(said.message, '');
    assert.deepEqual(said.object.spec.rules[0].backendRefs, backendRefs);
  });

  test(`the API server takes the Service of ${strategy}`, async () => {
    const { output = {} } = compileBalancing(strategy, 'service', SERVICES);
    const said = await api.dryRun(object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...output } }));
    assert.equal(said.message, '');
    assert.equal(said.object.spec.sessionAffinity, strategy === 'ip-hash' ? 'ClientIP' : 'None');
  });

  test(`the API server takes the annotations of ${strategy}`, async () => {
    const { output: annotations } = compileBalancing(strategy, 'ingress-nginx', SERVICES);
    const spec = { defaultBackend: { service: { name: 'api', port: { number: 80 } } } };
    const said = await api.dryRun(object('networking.k8s.io/v1', 'Ingress', { spec }, annotations));
    assert.equal(said.message, '');
    assert.deepEqual(said.object.metadata.annotations, annotations);
  });
}

function object(apiVersion, kind, fields, annotations) {
  const metadata = { name: 'api', namespace: 'tars', ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion, kind, metadata, ...fields };
}

test('nginx takes the configuration of the gateway as shipped', () => {
  const { ok, said } = testConfiguration(readFileSync(join(ROOT, 'compose', 'gateway', 'nginx.conf'), 'utf8'));
  assert.ok(ok, said);
});

for (const balancing of [undefined, 'round-robin', 'least-connections', 'random', 'ip-hash']) {
  test(`a service with balancing ${balancing}: nginx takes its gateway, the API server its Service`, async () => {
    const app = new App();
    const chart = new tars.TarsChart(app, 'tars');
    new tars.Service(chart, 'extra', {
      image: 'extra:1.0.0',
      ports: [{ name: 'http', port: 8080, publish: 8085, publishVia: 'gateway' }],
      ...(balancing === undefined ? {} : { access: { balancing } }),
    });
    const subject = tars.subjectOf(app);
    const { ok, said } = testConfiguration(renderNginx(tars.systemOf(chart)));
    assert.ok(ok, said);
    const { object: service } = subject.emitted.manifests.find(
      ({ object: one }) => one.kind === 'Service' && one.metadata.name === 'tars-extra',
    );
    const verdict = await api.dryRun(service);
    assert.equal(verdict.message, '');
    assert.equal(verdict.object.spec.sessionAffinity, balancing === 'ip-hash' ? 'ClientIP' : 'None');
  });
}

/**
 * NGINX Gateway Fabric's own CRD comes by no registry that this project installs from: the Go module proxy has its
 * sources not, and none was found that brings it. This one is written by hand: it says of the
 * fields that are written here what the reference says.
 * @see https://docs.nginx.com/nginx-gateway-fabric/reference/api/
 */
const METHODS = ['round_robin', 'least_conn', 'ip_hash', 'hash', 'hash consistent', 'random', 'random two'];
const NGF_POLICY = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'upstreamsettingspolicies.gateway.nginx.org' },
  spec: {
    group: 'gateway.nginx.org',
    names: { kind: 'UpstreamSettingsPolicy', plural: 'upstreamsettingspolicies' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['targetRefs'],
                properties: {
                  loadBalancingMethod: { type: 'string', enum: METHODS },
                  targetRefs: {
                    type: 'array',
                    minItems: 1,
                    maxItems: 16,
                    'x-kubernetes-validations': [
                      {
                        rule: 'self.all(a, self.exists_one(b, a.name == b.name))',
                        message: 'a Service is named twice',
                      },
                    ],
                    items: {
                      type: 'object',
                      required: ['group', 'kind', 'name'],
                      properties: {
                        group: { type: 'string', enum: [''] },
                        kind: { type: 'string', enum: ['Service'] },
                        name: { type: 'string', minLength: 1, maxLength: 253 },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

for (const target of ['nginx-gateway-fabric', 'envoy-gateway']) {
  for (const strategy of STRATEGIES.filter((one) => one !== 'weighted')) {
    test(`the API server takes the policy of ${strategy} for ${target}`, async () => {
      const { output } = compileBalancing(strategy, target, SERVICES);
      const said = await api.dryRun({ ...output, metadata: { ...output.metadata, namespace: 'tars' } });
      assert.equal(said.message, '');
      assert.deepEqual(strip(said.object.spec), strip(output.spec));
    });

    test(`the API server takes what an exposure with ${strategy} makes of it for ${target}`, async () => {
      const made = exposed({ kind: 'gateway', className: target === 'envoy-gateway' ? 'eg' : 'nginx' }, strategy);
      const policies = made.filter(({ apiVersion }) => /^gateway\.(nginx|envoyproxy)/.test(apiVersion));
      assert.ok(policies.length > 0);
      for (const policy of policies) assert.equal((await api.dryRun(policy)).message, '');
    });
  }
}

for (const strategy of STRATEGIES.filter((one) => one !== 'weighted')) {
  test(`the API server takes the Ingresses of an exposure with ${strategy}`, async () => {
    const ingresses = exposed({}, strategy).filter(
      ({ kind, metadata }) => kind === 'Ingress' && metadata.name.startsWith('door'),
    );
    const { output } = compileBalancing(strategy, 'ingress-nginx', SERVICES);
    assert.ok(ingresses.length > 0);
    for (const ingress of ingresses) {
      const said = await api.dryRun(ingress);
      assert.equal(said.message, '');
      for (const [name, value] of Object.entries(output ?? {})) {
        assert.equal(said.object.metadata.annotations[name], value);
      }
    }
  });
}

/** What is refused before it is written, and what nginx says of it. */
const REFUSED = {
  'a weight of 0 that is no down': 'server 127.0.0.1:80 weight=0;',
  'a weight that is no number': 'server 127.0.0.1:80 weight=NaN;',
  'a negative weight': 'server 127.0.0.1:80 weight=-3;',
  'half a weight': 'server 127.0.0.1:80 weight=1.5;',
  'no port': 'server 127.0.0.1:0;',
  'too high a port': 'server 127.0.0.1:65536;',
  'an address with a zone': 'server [fe80::1%eth0]:80;',
  'a name server by its name': 'resolver dns.invalid; server a:80 resolve;',
  'no server': '',
};
for (const [what, line] of Object.entries(REFUSED)) {
  test(`nginx refuses ${what}`, () => {
    assert.equal(testConfiguration(site(`upstream api { zone api 64k; ${line} }\n`)).ok, false);
  });
}

/** The same of the API server: each changes what compileBalancing has written. */
const REFUSED_ROUTES = {
  'a negative weight': (refs) => refs.map((one) => ({ ...one, weight: -3 })),
  'half a weight': (refs) => refs.map((one) => ({ ...one, weight: 1.5 })),
  'too large a weight': (refs) => refs.map((one) => ({ ...one, weight: 1_000_001 })),
  'a port of 0': (refs) => refs.map((one) => ({ ...one, port: 0 })),
  'seventeen backends': ([one]) => Array.from({ length: 17 }, (_, n) => ({ ...one, name: `api-${n}` })),
};
for (const [what, change] of Object.entries(REFUSED_ROUTES)) {
  test(`the API server refuses a route with ${what}`, async () => {
    const { output } = compileBalancing('weighted', 'http-route', SERVICES);
    const spec = { parentRefs: [{ name: 'any' }], rules: [{ backendRefs: change(output) }] };
    assert.match(
      (await api.dryRun(object('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec }))).message,
      /backendRefs/,
    );
  });
}

test('the API server takes a route of the largest weight and the most backends', async () => {
  const backends = Array.from({ length: 16 }, (_, n) => ({ name: `a${n}`.padEnd(63, 'a'), port: 65_535, weight: 1e6 }));
  const { output: backendRefs } = compileBalancing('weighted', 'http-route', { name: 'api', backends });
  const spec = { parentRefs: [{ name: 'any' }], rules: [{ backendRefs }] };
  assert.equal((await api.dryRun(object('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec }))).message, '');
});

const REFUSED_POLICIES = {
  'no Service': () => [],
  'seventeen Services': ([one]) => Array.from({ length: 17 }, (_, n) => ({ ...one, name: `api-${n}` })),
  'a Service twice': ([one]) => [one, one],
};
for (const [what, change] of Object.entries(REFUSED_POLICIES)) {
  test(`the policy that names ${what} is refused`, async () => {
    const { output } = compileBalancing('random', 'nginx-gateway-fabric', SERVICES);
    const spec = { ...output.spec, targetRefs: change(output.spec.targetRefs) };
    const said = await api.dryRun({ ...output, spec, metadata: { ...output.metadata, namespace: 'tars' } });
    assert.match(said.message, /targetRefs/);
  });
}

/** Without what the schema fills in. */
function strip(spec) {
  const { targetRefs, loadBalancer, loadBalancingMethod } = spec;
  return { targetRefs, type: loadBalancer?.type, hash: loadBalancer?.consistentHash?.type, loadBalancingMethod };
}

/** What is emitted for two hosts with an exposure's choice of replicas. */
function exposed(exposure, balancing) {
  const app = new App();
  const chart = new tars.TarsChart(app, 'tars', { namespace: 'tars' });
  const service = (name) => new tars.Service(chart, name, { image: 'x:1.0.0', ports: [{ name: 'http', port: 8080 }] });
  const [one, two] = [service('one'), service('two')];
  new tars.Exposure(chart, 'door', {
    name: 'door',
    ...exposure,
    balancing,
    routes: [
      { host: 'one.tars.test', to: one.endpoint },
      { host: 'one.tars.test', path: '/two', to: two.endpoint, timeoutSeconds: 3600 },
      { host: 'two.tars.test', to: two.endpoint },
    ],
  });
  return tars.subjectOf(app).emitted.manifests.map(({ object: one }) => one);
}
