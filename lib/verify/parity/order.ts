import { isList, listOf, objectOf, textOf } from '../read';
import type { Axis, Fact, Facts, Pair } from './difference';
import { fact } from './difference';
import { podPath, servicePath } from './pairs';

/**
 * Who starts after whom. On Kubernetes nobody waits: a client is not ready before its servers are,
 * and these are whom its policies let it reach.
 */
export const order: Axis = {
  name: 'order',
  kubernetes: (pair) => {
    const reached = pair.outputs.connected.get(pair.component.id) ?? new Set<string>();
    const { task, spec, targets } = pair.component;
    // Nobody waits for himself, nor a task for the service that waits for it.
    const isOwn = (path: string): boolean => path === spec.path && (task === undefined || task.blocksStart);
    const servers = targets.flatMap((target) =>
      target.kind === 'service' && reached.has(target.spec.path) && !isOwn(target.spec.path)
        ? [target.spec.composeName]
        : [],
    );
    return new Map(servers.map((name) => [name, fact(READY, () => podPath(pair))]));
  },
  compose: dependencies,
};

const READY = 'is ready first';

function dependencies(pair: Pair): Facts {
  const said = pair.service['depends_on'];
  const entries = isList(said)
    ? listOf(said).map((name): [string, string] => [textOf(name) ?? '', 'service_started'])
    : Object.entries(objectOf(said)).map(([name, value]): [string, string] => [
        name,
        textOf(objectOf(value)['condition']) ?? 'service_started',
      ]);
  return new Map(
    entries.map(([name, condition]): [string, Fact] => [
      name,
      fact(condition === 'service_healthy' ? READY : condition, () => servicePath(pair, 'depends_on', name)),
    ]),
  );
}
