// @ts-check

/** A namespace of the operations' suites, for what the stack does not give; `restricted`, as the stack's. */
export const place = 'tars-ops';
/** Images that the node has, whatever the stack uses. */
export const images = { python: 'python:3.12-slim', postgres: 'postgres:15.14' };

/** A program that echoes whatever comes to port 7000, and lives. */
export const echo = `
import asyncio
async def serve(reader, writer):
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, '0.0.0.0', 7000)
    await server.serve_forever()
asyncio.run(main())
`;

/** What the level `restricted` asks for. */
const security = {
  pod: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

/**
 * A pod of one container that runs a Python program.
 *
 * @param {string} program in Python
 * @param {Record<string, unknown>} [more] fields of the container
 */
export function podSpec(program, more = {}) {
  return {
    securityContext: security.pod,
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'app',
        image: images.python,
        command: ['python3', '-u', '-c', program],
        securityContext: security.container,
        ...more,
      },
    ],
  };
}

/**
 * @param {string} name
 * @param {object} spec of the pod
 * @returns {object}
 */
export function pod(name, spec) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: place, labels: { app: name } }, spec };
}

/**
 * @param {string} name
 * @param {object} spec of the pods
 * @param {Record<string, unknown>} [more] fields of the Deployment's spec
 * @returns {object}
 */
export function deployment(name, spec, more = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: place, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      ...more,
    },
  };
}

/** A pod that runs and never becomes ready. */
export const neverReady = podSpec(echo, { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } });

/**
 * Of a pod that cannot start: its container mounts what is not there. A volume that no container mounts holds up
 * nothing.
 */
export const cannotStart = {
  ...podSpec(echo, { volumeMounts: [{ name: 'absent', mountPath: '/absent' }] }),
  volumes: [{ name: 'absent', configMap: { name: 'absent' } }],
};

/** @param {string} name */
export function budget(name) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: place },
    spec: { maxUnavailable: 0, selector: { matchLabels: { app: name } } },
  };
}

/** @param {string} name */
export function autoscaler(name) {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  const target = { type: 'Utilization', averageUtilization: 60 };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: place },
    spec: { scaleTargetRef, maxReplicas: 2, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] },
  };
}
