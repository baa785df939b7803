import type { Issue } from '../model/issues';
import type { ServiceSpec } from '../model/service-spec';
import { accessObjects } from './access';
import { configObjects, identityObject } from './config';
import { policyObjects } from './network-policy';
import type { ModelSource, ObjectSpec } from './object-spec';
import { autoscalerObjects, budgetObjects } from './scaling';
import { sharedClaims } from './storage';
import { taskObjects, workloadObject } from './workload';

/** What Kubernetes makes of one field: rendered by a function of this room, or said why not. */
type Answer = 'rendered' | { readonly notice: string; readonly when?: (spec: ServiceSpec) => boolean };

/**
 * Kubernetes' answer to each field of a service. A field that is added to the spec does not
 * compile until it has one.
 */
const ANSWERS: { readonly [K in keyof ServiceSpec]-?: Answer } = {
  path: 'rendered',
  name: 'rendered',
  chart: 'rendered',
  prefix: 'rendered',
  namespace: 'rendered',
  composeName: { notice: 'a name on Compose; Kubernetes names are <prefix>-<name>', when: () => false },
  profiles: {
    notice: 'Kubernetes has no profiles: the service is always deployed',
    when: (s) => s.profiles.length > 0,
  },
  image: 'rendered',
  entrypoint: 'rendered',
  command: 'rendered',
  env: 'rendered',
  configMapName: 'rendered',
  files: 'rendered',
  ports: 'rendered',
  health: 'rendered',
  resources: 'rendered',
  volumes: 'rendered',
  runAs: 'rendered',
  workload: 'rendered',
  stop: {
    notice: 'Kubernetes takes the stop signal from the image: it must have the same STOPSIGNAL',
    when: (s) => s.stop.signal !== undefined && s.image.kind === 'build',
  },
  access: 'rendered',
  links: 'rendered',
  peers: 'rendered',
  internet: 'rendered',
  metrics: 'rendered',
  tasks: 'rendered',
  development: { notice: 'development settings are for Compose: Kubernetes runs production', when: () => false },
  gpu: 'rendered',
  connections: { notice: 'a fact for the proof of connections', when: () => false },
  overrides: 'rendered',
};

/** Every Kubernetes object of one service: configuration first, then what runs, then who may talk to it. */
export function serviceObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  return [
    identityObject(spec),
    ...configObjects(spec, model),
    ...sharedClaims(spec),
    ...accessObjects(spec, model),
    workloadObject(spec, model),
    ...autoscalerObjects(spec, model),
    ...budgetObjects(spec, model),
    ...taskObjects(spec, model),
    ...policyObjects(spec, model),
  ];
}

/** What Kubernetes cannot express of a service. */
export function kubernetesNotices(spec: ServiceSpec): Issue[] {
  return Object.entries(ANSWERS).flatMap(([field, answer]): Issue[] => {
    if (answer === 'rendered' || answer.when?.(spec) === false) return [];
    return [
      {
        code: 'TARS3005',
        severity: 'notice',
        path: `${spec.path}.${field}`,
        message: `kubernetes: ${answer.notice}`,
        remedy: 'nothing to do if that is what you expect',
      },
    ];
  });
}
