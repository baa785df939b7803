import { editObject, setCompose, setField } from './edit';
import type { Mutation } from './mutation';

const POD = ['spec', 'template', 'spec'] as const;
const CONTAINER = [...POD, 'containers', 0] as const;
const IN_POD = '.spec.template.spec.containers[0]';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "a patch of the image's tag on one target",
    proof: 'parity',
    mutate: (set) => setField(set, 'StatefulSet/tars-postgres', [...CONTAINER, 'image'], 'postgres:16.1'),
    code: 'TARS6402',
    path: `StatefulSet/tars-postgres${IN_POD}.image`,
  },
  {
    name: 'an override of the image on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'ollama', 'image'], 'ollama/ollama:latest'),
    code: 'TARS6402',
    path: `StatefulSet/tars-ollama${IN_POD}.image`,
  },
  {
    name: 'another flag of the database on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'postgres', 'command', 2], 'max_connections=100'),
    code: 'TARS6403',
    path: `StatefulSet/tars-postgres${IN_POD}.args`,
  },
  {
    name: 'a dollar of a script that is no longer escaped on Kubernetes',
    proof: 'parity',
    mutate: (set) =>
      setField(set, 'StatefulSet/tars-redis', [...CONTAINER, 'command', 2], 'exec redis-server $(REDIS_PASSWORD)'),
    code: 'TARS6403',
    path: `StatefulSet/tars-redis${IN_POD}.command`,
  },
  {
    name: 'a variable changed on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'backend', 'environment', 'API_WORKERS'], '8'),
    code: 'TARS6404',
    path: 'ConfigMap/tars-config.data.API_WORKERS',
  },
  {
    name: 'a variable changed in the ConfigMap',
    proof: 'parity',
    mutate: (set) => setField(set, 'ConfigMap/tars-config', ['data', 'LOG_FORMAT'], 'text'),
    code: 'TARS6404',
    path: 'ConfigMap/tars-config.data.LOG_FORMAT',
  },
  {
    name: 'a variable that only the pod has',
    proof: 'parity',
    mutate: (set) =>
      setField(set, 'Deployment/tars-adminer', [...CONTAINER, 'env', 1], { name: 'ADMINER_DESIGN', value: 'x' }),
    code: 'TARS6404',
    path: `Deployment/tars-adminer${IN_POD}.env[1]`,
  },
  {
    name: 'a variable of the development server that the model does not know',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'backend', 'environment', 'TARS_ENV'], 'staging'),
    code: 'TARS6404',
    path: 'ConfigMap/tars-config.data.TARS_ENV',
  },
  {
    name: 'a URL that leads to another host',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'backend', 'environment', 'REDIS_URL'], 'redis://postgres:6379/0'),
    code: 'TARS6404',
    path: 'ConfigMap/tars-config.data.REDIS_URL',
  },
  {
    name: 'a published port that the container does not have',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'grafana', 'ports', 0, 'target'], 3001),
    code: 'TARS6405',
    path: 'compose/docker-compose.yml services.grafana.ports[0]',
  },
  {
    name: "a container's port changed by a patch",
    proof: 'parity',
    mutate: (set) => setField(set, 'Deployment/tars-adminer', [...CONTAINER, 'ports', 0, 'containerPort'], 8081),
    code: 'TARS6405',
    path: 'compose/docker-compose.yml services.adminer.ports[0]',
  },
  {
    name: 'a volume mounted elsewhere',
    proof: 'parity',
    mutate: (set) =>
      setField(set, 'Deployment/tars-backend', [...CONTAINER, 'volumeMounts', 'name=data', 'mountPath'], '/data'),
    code: 'TARS6406',
    path: 'compose/docker-compose.yml services.backend.volumes[0]',
  },
  {
    name: 'a directory of the host instead of a volume',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'postgres', 'volumes', 0], './pgdata:/var/lib/postgresql/data'),
    code: 'TARS6406',
    path: `StatefulSet/tars-postgres${IN_POD}.volumeMounts[0]`,
  },
  {
    name: 'a configuration file changed in the ConfigMap',
    proof: 'parity',
    mutate: (set) =>
      editObject(set, 'ConfigMap/tars-prometheus-files', (object) => {
        const data = object['data'] as Record<string, string>;
        const text = (data['etc_prometheus_prometheus.yml'] ?? '').replace('scrape_interval: ', 'scrape_interval: 1');
        return { ...object, data: { ...data, 'etc_prometheus_prometheus.yml': text } };
      }),
    code: 'TARS6407',
    path: 'ConfigMap/tars-prometheus-files.data["etc_prometheus_prometheus.yml"]',
  },
  {
    name: 'a probe that asks another path',
    proof: 'parity',
    mutate: (set) =>
      setField(set, 'StatefulSet/tars-grafana', [...CONTAINER, 'readinessProbe', 'httpGet', 'path'], '/healthz'),
    code: 'TARS6408',
    path: `StatefulSet/tars-grafana${IN_POD}.readinessProbe`,
  },
  {
    name: 'a health check taken out on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'cache', 'healthcheck'], undefined),
    code: 'TARS6408',
    path: `StatefulSet/tars-redis${IN_POD}.readinessProbe`,
  },
  {
    name: 'the backend no longer waits for the database',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'backend', 'depends_on', 'postgres'], undefined),
    code: 'TARS6409',
    path: 'Deployment/tars-backend.spec.template.spec',
  },
  {
    name: 'the backend waits for the start of the cache, not for its health',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'backend', 'depends_on', 'cache', 'condition'], 'service_started'),
    code: 'TARS6409',
    path: 'Deployment/tars-backend.spec.template.spec',
  },
  {
    name: 'a container of root on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'cache', 'user'], '0:0'),
    code: 'TARS6410',
    path: 'StatefulSet/tars-redis.spec.template.spec.securityContext.runAsUser',
  },
  {
    name: 'capabilities given back on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'frontend', 'cap_add'], ['NET_ADMIN']),
    code: 'TARS6410',
    path: `Deployment/tars-frontend${IN_POD}.securityContext.capabilities`,
  },
  {
    name: 'a root file system that can be written on one target',
    proof: 'parity',
    mutate: (set) =>
      setField(set, 'StatefulSet/tars-ollama', [...CONTAINER, 'securityContext', 'readOnlyRootFilesystem'], false),
    code: 'TARS6410',
    path: `StatefulSet/tars-ollama${IN_POD}.securityContext.readOnlyRootFilesystem`,
  },
  {
    name: 'a memory limit raised by a patch',
    proof: 'parity',
    mutate: (set) => setField(set, 'Deployment/tars-backend', [...CONTAINER, 'resources', 'limits', 'memory'], '3Gi'),
    code: 'TARS6411',
    path: `Deployment/tars-backend${IN_POD}.resources.limits.memory`,
  },
  {
    name: 'no memory limit on Compose',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'prometheus', 'deploy', 'resources', 'limits', 'memory'], undefined),
    code: 'TARS6411',
    path: `StatefulSet/tars-prometheus${IN_POD}.resources.limits.memory`,
  },
  {
    name: 'a password that stands in the compose file',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'grafana', 'environment', 'GF_SECURITY_ADMIN_PASSWORD'], 'admin'),
    code: 'TARS6412',
    path: `StatefulSet/tars-grafana${IN_POD}.env[0]`,
  },
  {
    name: 'another key of the Secret',
    proof: 'parity',
    mutate: (set) =>
      setField(
        set,
        'StatefulSet/tars-postgres',
        [...CONTAINER, 'env', 0, 'valueFrom', 'secretKeyRef', 'key'],
        'REDIS_PASSWORD',
      ),
    code: 'TARS6412',
    path: `StatefulSet/tars-postgres${IN_POD}.env[0]`,
  },
  {
    name: 'two services on one network that no policy joins',
    proof: 'parity',
    mutate: (set) =>
      setCompose(
        set,
        ['services', 'frontend', 'networks'],
        ['frontend-published', 'frontend_backend', 'gateway_frontend', 'backend_cache'],
      ),
    code: 'TARS6413',
    path: 'compose/docker-compose.yml services.frontend.networks',
  },
  {
    name: 'a service that Compose alone lacks',
    proof: 'parity',
    mutate: (set) => setCompose(set, ['services', 'adminer'], undefined),
    code: 'TARS6401',
    path: 'Deployment/tars-adminer.spec.template.spec',
  },
  {
    name: 'a service that only Compose has',
    proof: 'parity',
    mutate: (set) =>
      setCompose(set, ['services', 'mailhog'], { image: 'mailhog/mailhog:v1.0.1', networks: ['frontend-published'] }),
    code: 'TARS6401',
    path: 'compose/docker-compose.yml services.mailhog',
  },
];
