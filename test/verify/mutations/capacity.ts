import type { JsonObject } from '../../../lib/verify/emitted';
import { objectName } from '../../../lib/verify/object-path';
import type { Steps } from './edit';
import { addObject, setField, valueAt } from './edit';
import type { Mutation } from './mutation';

const POD: Steps = ['spec', 'template', 'spec'];
const RESOURCES: Steps = [...POD, 'containers', 0, 'resources'];
const QUOTA = 'ResourceQuota/tars-quota';
const BACKEND = 'Deployment/tars-backend';
const AUTOSCALER = 'HorizontalPodAutoscaler/tars-backend';

/** Lists are set as a whole, so one more item is all of them and it. */
function append(name: string, steps: Steps, item: JsonObject): Mutation['mutate'] {
  return (set) => {
    const found = set.manifests.find(({ object }) => objectName(object) === name);
    const list = (valueAt(found?.object, steps) ?? []) as readonly JsonObject[];
    return setField(set, name, steps, [...list, item]);
  };
}

const SIDECAR: JsonObject = {
  name: 'proxy',
  image: 'envoyproxy/envoy:v1.35.0',
  restartPolicy: 'Always',
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '3', memory: '7Gi' } },
};

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'somebody lowers the CPU limits of the quota to what the contract says',
    proof: 'capacity',
    mutate: (set) => setField(set, QUOTA, ['spec', 'hard', 'limits.cpu'], '20'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["limits.cpu"]`,
  },
  {
    name: 'the quota of pods forgets the surge of a rolling update',
    proof: 'capacity',
    mutate: (set) => setField(set, QUOTA, ['spec', 'hard', 'pods'], '18'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard.pods`,
  },
  {
    name: "the autoscaler's maximum is raised, the quota is not",
    proof: 'capacity',
    mutate: (set) => setField(set, AUTOSCALER, ['spec', 'maxReplicas'], 40),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["limits.memory"]`,
  },
  {
    name: 'the surge becomes a hundred percent',
    proof: 'capacity',
    mutate: (set) => setField(set, BACKEND, ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], '100%'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["limits.cpu"]`,
  },
  {
    name: 'the backend asks for more memory',
    proof: 'capacity',
    mutate: (set) => setField(set, BACKEND, [...RESOURCES, 'requests', 'memory'], '2Gi'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["requests.memory"]`,
  },
  {
    name: 'a sidecar is injected that nobody counted',
    proof: 'capacity',
    mutate: append(BACKEND, [...POD, 'initContainers'], SIDECAR),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["limits.memory"]`,
  },
  {
    name: 'a Job runs in parallel',
    proof: 'capacity',
    mutate: (set) => {
      const job = set.manifests.find(({ object }) => object['kind'] === 'Job')?.object ?? {};
      const spec = job['spec'] as JsonObject;
      const mutated = { ...job, metadata: { name: 'bulk', namespace: 'tars' } };
      return addObject(set, { ...mutated, spec: { ...spec, parallelism: 60, completions: 60 } });
    },
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard.pods`,
  },
  {
    name: 'the quota begins to count claims, and forgets those of the StatefulSets',
    proof: 'capacity',
    mutate: (set) => setField(set, QUOTA, ['spec', 'hard', 'persistentvolumeclaims'], '2'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard.persistentvolumeclaims`,
  },
  {
    name: 'the quota allows no load balancer',
    proof: 'capacity',
    mutate: (set) => setField(set, QUOTA, ['spec', 'hard', 'services.loadbalancers'], '0'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["services.loadbalancers"]`,
  },
  {
    name: 'the quota of storage is smaller than the models',
    proof: 'capacity',
    mutate: (set) => setField(set, QUOTA, ['spec', 'hard', 'requests.storage'], '100Gi'),
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["requests.storage"]`,
  },
  {
    name: 'the quota counts ConfigMaps, and forgets the one of the cluster itself',
    proof: 'capacity',
    mutate: (set) => {
      const maps = set.manifests.filter(({ object }) => object['kind'] === 'ConfigMap').length;
      return setField(set, QUOTA, ['spec', 'hard', 'count/configmaps'], String(maps));
    },
    code: 'TARS6201',
    path: `${QUOTA}.spec.hard["count/configmaps"]`,
  },
  {
    name: 'a container without resources, in a namespace whose defaults are gone',
    proof: 'capacity',
    mutate: (set) =>
      setField(
        setField(set, 'Deployment/tars-frontend', RESOURCES, undefined),
        'LimitRange/tars-limits',
        ['spec', 'limits', 'type=Container'],
        undefined,
      ),
    code: 'TARS6202',
    path: 'Deployment/tars-frontend.spec.template.spec.containers[0].resources',
  },
  {
    name: 'the LimitRange goes back to the maximum of the contract, which Ollama is above',
    proof: 'capacity',
    mutate: (set) =>
      setField(set, 'LimitRange/tars-limits', ['spec', 'limits', 'type=Container', 'max', 'memory'], '2Gi'),
    code: 'TARS6203',
    path: 'StatefulSet/tars-ollama.spec.template.spec.containers[0].resources',
  },
  {
    name: 'a pod whose sidecar makes it larger than the LimitRange allows',
    proof: 'capacity',
    mutate: append('StatefulSet/tars-ollama', [...POD, 'initContainers'], SIDECAR),
    code: 'TARS6203',
    path: 'StatefulSet/tars-ollama.spec.template.spec',
  },
  {
    name: 'a container asks for less than the minimum',
    proof: 'capacity',
    mutate: (set) => setField(set, 'Deployment/tars-frontend', [...RESOURCES, 'requests', 'cpu'], '10m'),
    code: 'TARS6203',
    path: 'Deployment/tars-frontend.spec.template.spec.containers[0].resources',
  },
  {
    name: 'the LimitRange learns a ratio that bursts of CPU break',
    proof: 'capacity',
    mutate: (set) =>
      setField(set, 'LimitRange/tars-limits', ['spec', 'limits', 'type=Container', 'maxLimitRequestRatio'], {
        cpu: '2',
      }),
    code: 'TARS6203',
    path: `${BACKEND}.spec.template.spec.containers[0].resources`,
  },
  {
    name: 'the LimitRange learns a maximum for claims',
    proof: 'capacity',
    mutate: append('LimitRange/tars-limits', ['spec', 'limits'], {
      type: 'PersistentVolumeClaim',
      max: { storage: '20Gi' },
    }),
    code: 'TARS6203',
    path: 'PersistentVolumeClaim/tars-models-pvc.spec.resources.requests.storage',
  },
  {
    name: 'a limit is removed, and the default that takes its place is below the request',
    proof: 'capacity',
    mutate: (set) => setField(set, 'StatefulSet/tars-ollama', [...RESOURCES, 'limits', 'memory'], undefined),
    code: 'TARS6204',
    path: 'StatefulSet/tars-ollama.spec.template.spec.containers[0].resources',
  },
  {
    name: 'the database goes back to its usual hundred connections',
    proof: 'capacity',
    mutate: (set) =>
      setField(set, 'StatefulSet/tars-postgres', [...POD, 'containers', 0, 'args', 2], 'max_connections=100'),
    code: 'TARS6205',
    path: 'StatefulSet/tars-postgres.spec.template.spec.containers[0]',
  },
  {
    name: 'the backend gets more workers than the database has connections',
    proof: 'capacity',
    mutate: (set) => setField(set, 'ConfigMap/tars-config', ['data', 'API_WORKERS'], '8'),
    code: 'TARS6205',
    path: 'StatefulSet/tars-postgres.spec.template.spec.containers[0]',
  },
  {
    name: 'the pool of connections is made larger',
    proof: 'capacity',
    mutate: (set) => setField(set, 'ConfigMap/tars-config', ['data', 'DB_POOL_SIZE'], '20'),
    code: 'TARS6205',
    path: 'StatefulSet/tars-postgres.spec.template.spec.containers[0]',
  },
  {
    name: 'a ScaledObject is added beside the autoscaler',
    proof: 'capacity',
    mutate: (set) =>
      addObject(set, {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name: 'tars-backend', namespace: 'tars' },
        spec: { scaleTargetRef: { name: 'tars-backend' }, triggers: [] },
      }),
    code: 'TARS6206',
    path: 'ScaledObject/tars-backend.spec.scaleTargetRef',
  },
  {
    name: 'the autoscaler names a workload that is not there',
    proof: 'capacity',
    mutate: (set) => setField(set, AUTOSCALER, ['spec', 'scaleTargetRef', 'name'], 'backend'),
    code: 'TARS6207',
    path: `${AUTOSCALER}.spec.scaleTargetRef`,
  },
  {
    name: 'a helper container without requests stops the autoscaler',
    proof: 'capacity',
    mutate: (set) =>
      append(BACKEND, [...POD, 'containers'], { name: 'helper', image: 'busybox:1.37.0' })(
        setField(set, 'LimitRange/tars-limits', ['spec', 'limits', 'type=Container'], undefined),
      ),
    code: 'TARS6208',
    path: `${BACKEND}.spec.template.spec.containers[1].resources.requests`,
  },
];
