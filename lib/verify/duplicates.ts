import type { Issue } from '../model/issues';

/** An emitted object, as far as its identity is concerned. */
interface Emitted {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** Two emitted objects that the API server would take for one: the later would overwrite the earlier. */
export function findDuplicates(objects: readonly Emitted[]): Issue[] {
  const seen = new Set<string>();
  return objects.flatMap((object): Issue[] => {
    const group = String(object.apiVersion).replace(/\/?[^/]*$/, '');
    const name = String(object.metadata?.name);
    const namespace = object.metadata?.namespace ?? '';
    const key = `${group} ${String(object.kind)} ${namespace} ${name}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        code: 'TARS2005',
        severity: 'error',
        path: `${String(object.kind)}/${name}`,
        message: 'two objects have one name',
        given: `${String(object.kind)} ${name} in namespace ${namespace === '' ? '(none)' : namespace}`,
        allowed: 'each name once for each kind and namespace',
        remedy: 'rename one of them',
      },
    ];
  });
}
