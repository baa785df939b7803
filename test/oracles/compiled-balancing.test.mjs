// Balancing strategies as they are compiled: `nginx -t` of a real nginx, and the real API server.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
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
const SERVICES = {
  name: 'api',
  backends: SUBJECT.backends.map(({ port, weight }, n) => ({ name: `api-${n}`, port, weight })),
};

/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
/** @type {ApiServer} */
let api;

before(async () => {
  plane = await startControlPlane();
  const crds = join(ROOT, 'imports', 'crds', 'gateway-api');
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', crds]);
  assert.equal(code, 0, stderr);
  const established = await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  assert.equal(established.code, 0, established.stderr);
  api = new ApiServer(plane);
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tars' } });
});
after(async () => {
  api?.close();
  await plane?.stop();
});

for (const strategy of STRATEGIES) {
  test(`nginx takes the upstream of ${strategy}`, () => {
    const { output } = compileBalancing(strategy, 'nginx', SUBJECT);
    const text = `events {}\nerror_log stderr;\npid /tmp/pid;\nhttp { access_log off;\n${output}server { listen 127.0.0.1:8999; location / { proxy_pass http://api; } } }\n`;
    const { ok, said } = testConfiguration(text);
    assert.ok(ok, said);
  });

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

for (const [target, crds] of [
  ['nginx-gateway-fabric', 'gateway.nginx.org'],
  ['envoy-gateway', 'gateway.envoyproxy.io'],
]) {
  test(`the policy for ${target} is well-formed; its own schema is not to be had here`, (t) => {
    t.diagnostic(`NOT JUDGED by the API server: the CRDs of ${crds} are not in imports/crds`);
    const there = readdirSync(join(ROOT, 'imports', 'crds'));
    assert.ok(!there.some((name) => name.includes(target)), 'the CRDs are there now: judge the policy by them');
    for (const strategy of STRATEGIES.filter((one) => one !== 'weighted')) {
      const { output } = compileBalancing(strategy, target, SERVICES);
      assert.ok(output.apiVersion.startsWith(`${crds}/`));
      assert.equal(parseAllDocuments(JSON.stringify(output)).length, 1);
    }
  });
}
