import type { ServiceSpec } from '../model/service-spec';
import { accessObjects } from './access';
import { configObjects, identityObject } from './config';
import { policyObjects } from './network-policy';
import type { ModelSource, ObjectSpec } from './object-spec';
import { autoscalerObjects, budgetObjects } from './scaling';
import { sharedClaims } from './storage';
import { taskObjects, workloadObject } from './workload';

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
