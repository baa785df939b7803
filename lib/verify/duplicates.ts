import type { Issue } from '../model/issues';
import type { EmittedObject, Json, JsonObject } from './emitted';
import { objectName } from './object-path';
import type { Proof } from './proof';

/** No object would overwrite another when all of them are applied. */
export const uniqueObjects: Proof = {
  name: 'objects',
  summary: 'each object has a name of its own',
  prove: ({ emitted }) => findDuplicates(emitted.manifests),
};

/** Two emitted objects that the API server would take for one: the later would overwrite the earlier. */
function findDuplicates(manifests: readonly EmittedObject[]): Issue[] {
  const seen = new Set<string>();
  return manifests.flatMap(({ object }): Issue[] => {
    const metadata = object['metadata'] as JsonObject | null | undefined;
    const group = text(object['apiVersion']).replace(/\/?[^/]*$/, '');
    const namespace = text(metadata?.['namespace']);
    const key = `${group} ${namespace} ${objectName(object)}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        code: 'TARS2005',
        severity: 'error',
        path: objectName(object),
        message: 'two objects have one name',
        given: `${objectName(object).replace('/', ' ')} in namespace ${namespace === '' ? '(none)' : namespace}`,
        allowed: 'each name once for each kind and namespace',
        remedy: 'rename one of them',
      },
    ];
  });
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
