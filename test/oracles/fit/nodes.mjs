// Nodes that nobody runs: objects with a status, on which the real scheduler places pods.

const HOSTNAME = 'kubernetes.io/hostname';

/**
 * Makes the nodes, ready and without other taints than their own.
 *
 * @param {import('../api-server.mjs').ApiServer} api
 * @param {readonly import('../../../lib/verify/fit/node').Node[]} nodes
 */
export async function makeNodes(api, nodes) {
  for (const { name, labels, taints, allocatable } of nodes) {
    await api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { ...labels, [HOSTNAME]: name } } });
    const { cpu, ...rest } = allocatable;
    const sizes = Object.fromEntries(Object.entries(rest).map(([key, amount]) => [key, String(amount)]));
    const status = {
      capacity: { cpu: `${cpu}m`, ...sizes },
      allocatable: { cpu: `${cpu}m`, ...sizes },
      conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: 'nobody runs here' }],
    };
    await patched(api, `/api/v1/nodes/${name}/status`, { status });
    // A node is born with the taint "not ready", which the controller of nodes would remove.
    await patched(api, `/api/v1/nodes/${name}`, { spec: { taints: taints.length === 0 ? null : taints } });
  }
}

async function patched(api, path, object) {
  const { status, body } = await api.send('PATCH', path, object, 'application/merge-patch+json');
  if (status !== 200) throw new Error(`${path}: ${status} ${body?.message}`);
}

/** Removes pods that nobody will end, and the nodes below them. */
export async function removeNodes(api, namespace) {
  const gone = '?gracePeriodSeconds=0&propagationPolicy=Background';
  for (const kind of ['pods', 'persistentvolumeclaims', 'services']) {
    const { body } = await api.send('GET', `/api/v1/namespaces/${namespace}/${kind}`);
    for (const { metadata } of body.items ?? []) {
      await api.send('DELETE', `/api/v1/namespaces/${namespace}/${kind}/${metadata.name}${gone}`);
    }
  }
  const { body } = await api.send('GET', '/api/v1/nodes');
  for (const { metadata } of body.items ?? []) await api.send('DELETE', `/api/v1/nodes/${metadata.name}`);
}
