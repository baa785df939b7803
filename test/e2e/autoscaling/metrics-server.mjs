import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The APIs that autoscalers ask, as an aggregated API server has them. */
const APIS = {
  'metrics.k8s.io': { version: 'v1beta1', resources: [['pods', 'PodMetrics']] },
  'custom.metrics.k8s.io': {
    version: 'v1beta2',
    resources: [
      ['pods/inflight', 'MetricValueList'],
      ['services/queue', 'MetricValueList'],
    ],
  },
  'external.metrics.k8s.io': { version: 'v1beta1', resources: [['backlog', 'ExternalMetricValueList']] },
};

/** Who asks is said by the API server in front. */
const CONTROLLER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

/**
 * Serves the metrics APIs. The API server trusts it without a look at its certificate.
 *
 * @param {(request: { namespace: string, api: string, path: string, isController: boolean }) => Promise<object[]>} read
 *   gives the items of the answer
 */
export async function startMetricsServer(read) {
  const server = createServer(certificate(), (request, response) => {
    const { pathname } = new URL(request.url, 'https://localhost');
    const send = (code, body) => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const [, root, api, version, , namespace, ...path] = pathname.split('/');
    const served = root === 'apis' ? APIS[api] : undefined;
    if (served === undefined || version !== served.version) return send(404, { kind: 'Status', code: 404 });
    const groupVersion = `${api}/${version}`;
    if (namespace === undefined) {
      const resources = served.resources.map(([name, kind]) => ({
        ...{ name, kind, singularName: '', namespaced: true, verbs: ['get', 'list'] },
      }));
      return send(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
    }
    const isController = request.headers['x-remote-user'] === CONTROLLER;
    read({ namespace, api, path: path.join('/'), isController }).then(
      (items) => send(200, { kind: `${LISTS[api]}`, apiVersion: groupVersion, metadata: {}, items }),
      (error) => send(500, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: String(error), code: 500 }),
    );
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return {
    port: server.address().port,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const LISTS = {
  'metrics.k8s.io': 'PodMetricsList',
  'custom.metrics.k8s.io': 'MetricValueList',
  'external.metrics.k8s.io': 'ExternalMetricValueList',
};

/** Tells the API server who serves these APIs: an address outside of the cluster. */
export function apiServices(port) {
  const namespace = 'kube-system';
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'metrics', namespace } },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
    ...Object.entries(APIS).map(([group, { version }]) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${group}` },
      spec: {
        ...{ group, version, insecureSkipTLSVerify: true, groupPriorityMinimum: 100, versionPriority: 100 },
        service: { name: 'metrics', namespace, port },
      },
    })),
  ];
}

function certificate() {
  const directory = mkdtempSync(join(tmpdir(), 'tars-metrics-'));
  const [key, cert] = ['key', 'cert'].map((name) => join(directory, name));
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, '-subj', '/CN=localhost'], {
    stdio: 'pipe',
  });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(directory, { recursive: true });
  return pair;
}
