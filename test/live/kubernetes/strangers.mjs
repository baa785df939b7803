// @ts-check
import { pauseImage } from '../../testbed/node/configuration.mjs';
import { until } from '../../testbed/wait.mjs';
import { get, isReady, kubectl, namespace } from './cluster.mjs';

/**
 * Pods that do nothing, and whose network is looked from: strangers, and one that stands in for a task, whose
 * own pod has ended long since. Policies know a pod by its labels and its namespace.
 *
 * @type {readonly { name: string, namespace: string, labels: Readonly<Record<string, string>> }[]}
 */
const roles = [
  { name: 'neighbour', namespace, labels: {} },
  { name: 'half-labelled', namespace, labels: { app: 'tars' } },
  { name: 'task', namespace, labels: { app: 'tars', component: 'backend-migrate' } },
  { name: 'stranger', namespace: 'tars-strangers', labels: {} },
  { name: 'impostor', namespace: 'tars-strangers', labels: { app: 'tars', component: 'backend' } },
  { name: 'observer', namespace: 'observability', labels: {} },
];

const others = ['tars-strangers', 'observability'];

/** @returns {Promise<{ pods: Readonly<Record<string, any>>, remove: () => Promise<void> }>} by role */
export async function makeStrangers() {
  await apply(others.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  for (const name of others) {
    // Without it no pod is admitted; a controller makes it.
    await until(`${name} has its ServiceAccount`, () => get('serviceaccount', 'default', `--namespace=${name}`));
  }
  await apply(roles.map(podOf));
  /** @type {Record<string, any>} */
  const pods = {};
  for (const { name, namespace: where } of roles) {
    pods[name] = await until(`${name} runs`, async () => {
      const pod = await get('pod', name, `--namespace=${where}`);
      return isReady(pod) && pod;
    });
  }
  return {
    pods,
    async remove() {
      const here = roles.filter((role) => role.namespace === namespace).map(({ name }) => name);
      await kubectl(['delete', 'pod', ...here, '--namespace', namespace, '--grace-period=1']);
      await kubectl(['delete', 'namespace', ...others]);
    },
  };
}

/** @param {readonly object[]} objects */
async function apply(objects) {
  await kubectl(['apply', '-f', '-'], { input: objects.map((object) => JSON.stringify(object)).join('\n---\n') });
}

/** @param {typeof roles[number]} role */
function podOf({ name, namespace: where, labels }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: where, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'main',
          image: pauseImage,
          imagePullPolicy: 'Never',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '100m', memory: '128Mi' } },
        },
      ],
    },
  };
}
