import { objectName } from '../../../lib/verify/object-path';
import { addObject, editObject } from './edit';
import type { Mutation } from './mutation';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'an object is pasted in a second time',
    proof: 'objects',
    mutate: (set) => {
      const backend = set.manifests.find(({ object }) => objectName(object) === 'Deployment/tars-backend');
      if (backend === undefined) throw new Error('there is no such Deployment');
      return addObject(set, structuredClone(backend.object));
    },
    code: 'TARS2005',
    path: 'Deployment/tars-backend',
  },
  {
    name: 'a Service takes the name of another',
    proof: 'objects',
    mutate: (set) =>
      editObject(set, 'Service/tars-frontend', (object) => ({
        ...object,
        metadata: { ...(object['metadata'] as object), name: 'tars-backend' },
      })),
    code: 'TARS2005',
    path: 'Service/tars-backend',
  },
  {
    name: 'an object of a kind in another group version is the same object',
    proof: 'objects',
    mutate: (set) =>
      addObject(set, {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'tars-backend', namespace: 'tars' },
        spec: {},
      }),
    code: 'TARS2005',
    path: 'HorizontalPodAutoscaler/tars-backend',
  },
];
