import { objectOf } from '../../../lib/verify/read';
import { addObject, changesFor, editObject } from './edit';
import type { Mutation } from './mutation';

const BACKEND = ['spec', 'template', 'spec', 'containers', 0];
const POD = ['spec', 'template', 'spec'];

const change = changesFor('admission');

export const MUTATIONS: readonly Mutation[] = [
  change(
    'a workload is of an API version that servers have no more',
    'HorizontalPodAutoscaler/tars-backend',
    ['apiVersion'],
    'autoscaling/v2beta1',
    ['TARS6101', 'HorizontalPodAutoscaler/tars-backend.apiVersion'],
  ),
  change('a Deployment is in the core group', 'Deployment/tars-backend', ['apiVersion'], 'v1', [
    'TARS6101',
    'Deployment/tars-backend.apiVersion',
  ]),
  change(
    'a field is misspelt',
    'Deployment/tars-backend',
    [...BACKEND, 'readinesProbe'],
    { tcpSocket: { port: 'http' } },
    ['TARS6102', 'Deployment/tars-backend.spec.template.spec.containers[0].readinesProbe'],
  ),
  change('a field is one level too high', 'Deployment/tars-frontend', [...POD, 'resources'], { limits: { cpu: '1' } }, [
    'TARS6103',
    'Deployment/tars-frontend.spec.template.spec.resources',
  ]),
  change(
    'a native sleep on a server that is too old',
    'Deployment/tars-backend',
    [...BACKEND, 'lifecycle', 'preStop'],
    { sleep: { seconds: 5 } },
    ['TARS6103', 'Deployment/tars-backend.spec.template.spec.containers[0].lifecycle.preStop.sleep'],
  ),
  change(
    'a field behind a feature gate that is off',
    'StatefulSet/tars-postgres',
    ['spec', 'persistentVolumeClaimRetentionPolicy'],
    { whenDeleted: 'Retain' },
    ['TARS6103', 'StatefulSet/tars-postgres.spec.persistentVolumeClaimRetentionPolicy'],
  ),
  change('a port in quotes', 'Deployment/tars-backend', [...BACKEND, 'ports', 0, 'containerPort'], '8000', [
    'TARS6104',
    'Deployment/tars-backend.spec.template.spec.containers[0].ports[0].containerPort',
  ]),
  change('a variable without quotes', 'Deployment/tars-adminer', [...BACKEND, 'env', 0, 'value'], true, [
    'TARS6104',
    'Deployment/tars-adminer.spec.template.spec.containers[0].env[0].value',
  ]),
  change(
    'a memory limit with a unit of another tool',
    'Deployment/tars-backend',
    [...BACKEND, 'resources', 'limits', 'memory'],
    '2GB',
    ['TARS6104', 'Deployment/tars-backend.spec.template.spec.containers[0].resources.limits.memory'],
  ),
  change('a Deployment loses its selector', 'Deployment/tars-frontend', ['spec', 'selector'], undefined, [
    'TARS6105',
    'Deployment/tars-frontend.spec.selector',
  ]),
  change(
    'a path of an Ingress loses its type',
    'Ingress/tars-ingress',
    ['spec', 'rules', 0, 'http', 'paths', 0, 'pathType'],
    undefined,
    ['TARS6105', 'Ingress/tars-ingress.spec.rules[0].http.paths[0].pathType'],
  ),
  change('a protocol in lower case', 'Service/tars-backend', ['spec', 'ports', 0, 'protocol'], 'tcp', [
    'TARS6106',
    'Service/tars-backend.spec.ports[0].protocol',
  ]),
  change(
    'a probe scheme in lower case',
    'Deployment/tars-backend',
    [...BACKEND, 'livenessProbe', 'httpGet', 'scheme'],
    'http',
    ['TARS6106', 'Deployment/tars-backend.spec.template.spec.containers[0].livenessProbe.httpGet.scheme'],
  ),
  change('fewer replicas than none', 'Deployment/tars-frontend', ['spec', 'replicas'], -1, [
    'TARS6107',
    'Deployment/tars-frontend.spec.replicas',
  ]),
  change('a name with an underscore', 'ConfigMap/tars-config', ['metadata', 'name'], 'tars_config', [
    'TARS6108',
    'ConfigMap/tars_config.metadata.name',
  ]),
  change(
    'a label that holds a sentence',
    'Deployment/tars-backend',
    ['metadata', 'labels', 'owner'],
    'the backend team',
    ['TARS6109', 'Deployment/tars-backend.metadata.labels.owner'],
  ),
  change(
    'a label of the template changes, and not the selector',
    'Deployment/tars-backend',
    ['spec', 'template', 'metadata', 'labels', 'component'],
    'api',
    ['TARS6110', 'Deployment/tars-backend.spec.selector'],
  ),
  change('a Deployment that is to stop on failure', 'Deployment/tars-backend', [...POD, 'restartPolicy'], 'OnFailure', [
    'TARS6111',
    'Deployment/tars-backend.spec.template.spec.restartPolicy',
  ]),
  change(
    'a rollout that may neither add nor remove',
    'Deployment/tars-backend',
    ['spec', 'strategy', 'rollingUpdate', 'maxSurge'],
    0,
    ['TARS6112', 'Deployment/tars-backend.spec.strategy.rollingUpdate.maxUnavailable'],
  ),
  change(
    'a probe that asks in two ways',
    'Deployment/tars-backend',
    [...BACKEND, 'livenessProbe', 'tcpSocket'],
    { port: 'http' },
    ['TARS6113', 'Deployment/tars-backend.spec.template.spec.containers[0].livenessProbe.tcpSocket'],
  ),
  change('two ports of one name', 'Deployment/tars-backend', [...BACKEND, 'ports', 1, 'name'], 'http', [
    'TARS6114',
    'Deployment/tars-backend.spec.template.spec.containers[0].ports[1].name',
  ]),
  change(
    'a port name that is too long',
    'Deployment/tars-backend',
    [...BACKEND, 'ports', 0, 'name'],
    'http-for-everyone',
    ['TARS6115', 'Deployment/tars-backend.spec.template.spec.containers[0].ports[0].name'],
  ),
  change('a variable with a value and a source', 'Deployment/tars-backend', [...BACKEND, 'env', 0, 'value'], 'x', [
    'TARS6116',
    'Deployment/tars-backend.spec.template.spec.containers[0].env[0].valueFrom',
  ]),
  change(
    'a request above its limit',
    'Deployment/tars-backend',
    [...BACKEND, 'resources', 'requests', 'memory'],
    '3Gi',
    ['TARS6117', 'Deployment/tars-backend.spec.template.spec.containers[0].resources.requests.memory'],
  ),
  change('a volume is renamed, and not its mount', 'Deployment/tars-backend', [...POD, 'volumes', 0, 'name'], 'datas', [
    'TARS6118',
    'Deployment/tars-backend.spec.template.spec.containers[0].volumeMounts[0].name',
  ]),
  change(
    'a claim template without a size',
    'StatefulSet/tars-postgres',
    ['spec', 'volumeClaimTemplates', 0, 'spec', 'resources'],
    undefined,
    ['TARS6126', 'StatefulSet/tars-postgres.spec.volumeClaimTemplates[0].spec.resources.requests.storage'],
  ),
  change(
    'a headless Service becomes a load balancer',
    'Service/tars-backend-headless',
    ['spec', 'type'],
    'LoadBalancer',
    ['TARS6120', 'Service/tars-backend-headless.spec.clusterIP'],
  ),
  change('an Ingress for a whole URL', 'Ingress/tars-ingress', ['spec', 'rules', 0, 'host'], 'https://api.tars.local', [
    'TARS6121',
    'Ingress/tars-ingress.spec.rules[0].host',
  ]),
  change(
    'an exception outside of its block',
    'NetworkPolicy/tars-backend-egress',
    ['spec', 'egress', 4, 'to', 0, 'ipBlock', 'cidr'],
    '10.0.0.0/8',
    ['TARS6122', 'NetworkPolicy/tars-backend-egress.spec.egress[4].to[0].ipBlock.except[0]'],
  ),
  change(
    'an autoscaler whose maximum is below its minimum',
    'HorizontalPodAutoscaler/tars-backend',
    ['spec', 'maxReplicas'],
    2,
    ['TARS6123', 'HorizontalPodAutoscaler/tars-backend.spec.maxReplicas'],
  ),
  {
    name: 'a budget that says it twice',
    proof: 'admission',
    mutate: (set) =>
      addObject(set, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'tars-frontend', namespace: 'tars' },
        spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { app: 'tars', component: 'frontend' } } },
      }),
    code: 'TARS6124',
    path: 'PodDisruptionBudget/tars-frontend.spec.minAvailable',
  },
  change('a ConfigMap grows over the limit', 'ConfigMap/tars-config', ['data', 'MODEL_CARD'], 'x'.repeat(1024 * 1024), [
    'TARS6125',
    'ConfigMap/tars-config.data',
  ]),
  change(
    'a limit range whose default is above its maximum',
    'LimitRange/tars-limits',
    ['spec', 'limits', 1, 'default', 'memory'],
    '16Gi',
    ['TARS6127', 'LimitRange/tars-limits.spec.limits[1].default.memory'],
  ),
  change(
    'a level of Pod Security that does not exist',
    'Namespace/tars',
    ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
    'strict',
    ['TARS6128', 'Namespace/tars.metadata.labels["pod-security.kubernetes.io/enforce"]'],
  ),
  change(
    'a status is pasted in with a claim template',
    'StatefulSet/tars-postgres',
    ['spec', 'volumeClaimTemplates', 0, 'status'],
    { phase: 'Bound', volumeName: 'pvc-1' },
    ['TARS6102', 'StatefulSet/tars-postgres.spec.volumeClaimTemplates[0].status.volumeName'],
  ),
  {
    name: 'a class of load balancers that is a sentence',
    proof: 'admission',
    mutate: (set) =>
      editObject(set, 'Service/tars-backend', ({ spec, ...rest }) => ({
        ...rest,
        spec: { ...objectOf(spec), type: 'LoadBalancer', loadBalancerClass: 'the internal one' },
      })),
    code: 'TARS6120',
    path: 'Service/tars-backend.spec.loadBalancerClass',
  },
  {
    name: 'an ExternalName with an address family',
    proof: 'admission',
    mutate: (set) =>
      addObject(set, {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'tars-mail', namespace: 'tars' } },
        spec: { type: 'ExternalName', externalName: 'mail.example.org', ipFamilies: ['IPv4'] },
      }),
    code: 'TARS6120',
    path: 'Service/tars-mail.spec.ipFamilies',
  },
  change('bytes as texts in a list', 'ConfigMap/tars-config', ['binaryData'], { logo: ['eA=='] }, [
    'TARS6104',
    'ConfigMap/tars-config.binaryData.logo',
  ]),
  change(
    'a quota of CPU for pods that ask for none',
    'ResourceQuota/tars-quota',
    ['spec', 'scopes'],
    ['BestEffort'],
    ['TARS6127', 'ResourceQuota/tars-quota.spec.scopes'],
  ),
  change('a ServiceAccount that nobody makes', 'Deployment/tars-backend', [...POD, 'serviceAccountName'], 'backend', [
    'TARS6131',
    'Deployment/tars-backend.spec.template.spec.serviceAccountName',
  ]),
  change('a ConfigMap is renamed, and not its reader', 'ConfigMap/tars-config', ['metadata', 'name'], 'tars-settings', [
    'TARS6131',
    'Deployment/tars-backend.spec.template.spec.containers[0].envFrom[0].configMapRef.name',
  ]),
  change(
    'a port of a container is renamed, and not its probes',
    'Deployment/tars-frontend',
    [...BACKEND, 'ports', 0, 'name'],
    'web',
    ['TARS6132', 'Deployment/tars-frontend.spec.template.spec.containers[0].livenessProbe.tcpSocket.port'],
  ),
  change(
    'a port of a Service is renamed, and not its Ingress',
    'Service/tars-backend',
    ['spec', 'ports', 0, 'name'],
    'web',
    ['TARS6132', 'Ingress/tars-ingress.spec.rules[0].http.paths[0].backend.service.port.name'],
  ),
  change(
    'a Service selects a label that no pod has',
    'Service/tars-redis',
    ['spec', 'selector', 'component'],
    'cache',
    ['TARS6133', 'Service/tars-redis.spec.selector'],
  ),
  change(
    'a user of an image is root after all',
    'StatefulSet/tars-redis',
    [...POD, 'securityContext', 'runAsUser'],
    0,
    ['TARS6134', 'StatefulSet/tars-redis.spec.template.spec.securityContext.runAsUser'],
  ),
];
