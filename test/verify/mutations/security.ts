import { addObject, changesFor, setCompose } from './edit';
import type { Mutation } from './mutation';

const POD = ['spec', 'template', 'spec'];
const MAIN = [...POD, 'containers', 0];
const AT = '.spec.template.spec.containers[0]';

const change = changesFor('security');

export const MUTATIONS: readonly Mutation[] = [
  change(
    'a container may escalate',
    'Deployment/tars-backend',
    [...MAIN, 'securityContext', 'allowPrivilegeEscalation'],
    true,
    ['TARS6501', `Deployment/tars-backend${AT}.securityContext.allowPrivilegeEscalation`],
  ),
  change(
    'a container keeps its capabilities',
    'StatefulSet/tars-postgres',
    [...MAIN, 'securityContext', 'capabilities'],
    undefined,
    ['TARS6501', `StatefulSet/tars-postgres${AT}.securityContext.capabilities.drop`],
  ),
  change(
    'a capability is added for debugging',
    'Deployment/tars-backend',
    [...MAIN, 'securityContext', 'capabilities', 'add'],
    ['SYS_PTRACE'],
    ['TARS6501', `Deployment/tars-backend${AT}.securityContext.capabilities.add[0]`],
  ),
  change(
    'the socket of the engine is mounted',
    'Deployment/tars-adminer',
    [...POD, 'volumes', 0],
    { name: 'tmp', hostPath: { path: '/var/run/docker.sock' } },
    ['TARS6501', 'Deployment/tars-adminer.spec.template.spec.volumes[0]'],
  ),
  change('a pod is in the network of its host', 'StatefulSet/tars-ollama', [...POD, 'hostNetwork'], true, [
    'TARS6501',
    'StatefulSet/tars-ollama.spec.template.spec.hostNetwork',
  ]),
  change(
    'seccomp is switched off',
    'StatefulSet/tars-redis',
    [...POD, 'securityContext', 'seccompProfile', 'type'],
    'Unconfined',
    ['TARS6501', 'StatefulSet/tars-redis.spec.template.spec.securityContext.seccompProfile'],
  ),
  change(
    'a password is pasted in for a test',
    'Deployment/tars-backend',
    [...MAIN, 'env', 2],
    { name: 'PGPASSWORD', value: 'correct-horse' },
    ['TARS6502', `Deployment/tars-backend${AT}.env[2].value`],
  ),
  change(
    'a URL with a password in a ConfigMap',
    'ConfigMap/tars-config',
    ['data', 'DATABASE_URL'],
    'postgresql://tars:correct-horse@tars-postgres:5432/tars_db',
    ['TARS6502', 'ConfigMap/tars-config.data.DATABASE_URL'],
  ),
  change(
    'a private key in a ConfigMap',
    'ConfigMap/tars-config',
    ['data', 'server.pem'],
    '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n',
    ['TARS6502', 'ConfigMap/tars-config.data["server.pem"]'],
  ),
  {
    name: 'a password is pasted into the compose file',
    proof: 'security',
    mutate: (set) => setCompose(set, ['services', 'backend', 'environment', 'PGPASSWORD'], 'correct-horse'),
    code: 'TARS6502',
    path: 'compose/docker-compose.yml services.backend.environment.PGPASSWORD',
  },
  change(
    'the root file system can be written to',
    'Deployment/tars-frontend',
    [...MAIN, 'securityContext', 'readOnlyRootFilesystem'],
    false,
    ['TARS6503', `Deployment/tars-frontend${AT}.securityContext.readOnlyRootFilesystem`],
  ),
  change(
    'a limit is taken away to see whether it helps',
    'StatefulSet/tars-ollama',
    [...MAIN, 'resources', 'limits', 'memory'],
    undefined,
    ['TARS6504', `StatefulSet/tars-ollama${AT}.resources.limits.memory`],
  ),
  change('the newest image', 'StatefulSet/tars-redis', [...MAIN, 'image'], 'redis:latest', [
    'TARS6505',
    `StatefulSet/tars-redis${AT}.image`,
  ]),
  change(
    'the liveness probe asks what the readiness probe asks',
    'Deployment/tars-backend',
    [...MAIN, 'livenessProbe', 'httpGet', 'path'],
    '/ready',
    ['TARS6506', `Deployment/tars-backend${AT}.livenessProbe`],
  ),
  change(
    'a probe of a number that is no port',
    'Deployment/tars-backend',
    [...MAIN, 'livenessProbe', 'httpGet', 'port'],
    8080,
    ['TARS6507', `Deployment/tars-backend${AT}.livenessProbe.httpGet.port`],
  ),
  change(
    'the token of the API server is mounted',
    'Deployment/tars-backend',
    [...POD, 'automountServiceAccountToken'],
    true,
    ['TARS6508', 'Deployment/tars-backend.spec.template.spec.automountServiceAccountToken'],
  ),
  change('all Services become variables', 'Deployment/tars-backend', [...POD, 'enableServiceLinks'], undefined, [
    'TARS6509',
    'Deployment/tars-backend.spec.template.spec.enableServiceLinks',
  ]),
  change(
    'the frontend borrows the account of the backend',
    'Deployment/tars-frontend',
    [...POD, 'serviceAccountName'],
    'tars-backend',
    ['TARS6510', 'Deployment/tars-frontend.spec.template.spec.serviceAccountName'],
  ),
  change(
    'three replicas of the frontend, and nothing that keeps them apart',
    'Deployment/tars-frontend',
    ['spec', 'replicas'],
    3,
    ['TARS6511', 'Deployment/tars-frontend.spec.template.spec.affinity.podAntiAffinity'],
  ),
  change('three replicas of the frontend without a budget', 'Deployment/tars-frontend', ['spec', 'replicas'], 4, [
    'TARS6514',
    'Deployment/tars-frontend.spec',
  ]),
  {
    name: 'a budget on pods that are all on one node',
    proof: 'security',
    mutate: (set) =>
      addObject(set, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'tars-backend', namespace: 'tars' },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'tars', component: 'backend' } } },
      }),
    code: 'TARS6514',
    path: 'PodDisruptionBudget/tars-backend.spec.selector',
  },
  {
    name: 'a role for everything',
    proof: 'security',
    mutate: (set) =>
      addObject(set, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'debug', namespace: 'tars' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }],
      }),
    code: 'TARS6515',
    path: 'Role/debug.rules[0].verbs[0]',
  },
  change('containers have no maximum any more', 'LimitRange/tars-limits', ['spec', 'limits', 1, 'max'], undefined, [
    'TARS6516',
    'LimitRange/tars-limits.spec.limits[1].max.cpu',
  ]),
  change(
    'the namespace only warns',
    'Namespace/tars',
    ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
    undefined,
    ['TARS6517', 'Namespace/tars.metadata.labels["pod-security.kubernetes.io/enforce"]'],
  ),
];
