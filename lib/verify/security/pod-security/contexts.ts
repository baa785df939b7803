import type { Json, JsonObject } from '../../emitted';
import type { Keys } from '../../read';
import { isObject, objectOf, valueAt } from '../../read';
import type { PodSubject } from './check';

/** A security context, and where it stands. */
export interface Context {
  readonly keys: Keys;
  readonly context: JsonObject;
}

/** The pod's own context, if it has one. */
export function podContext({ spec }: PodSubject): Context | undefined {
  const context = spec['securityContext'];
  return isObject(context) ? { keys: ['securityContext'], context } : undefined;
}

/** Those of the containers; an empty one where there is none. */
export function containerContexts({ containers }: PodSubject): readonly Context[] {
  return containers.map(({ container, path }) => ({
    keys: [...path, 'securityContext'],
    context: objectOf(container['securityContext']),
  }));
}

/** All of them, the pod's first. */
export function allContexts(pod: PodSubject): readonly Context[] {
  const own = podContext(pod);
  return [...(own === undefined ? [] : [own]), ...containerContexts(pod)];
}

/** A field of a context, if it is given. */
export function given({ context }: Context, ...keys: string[]): Json | undefined {
  const value = valueAt(context, keys);
  return value === null ? undefined : value;
}

/** Windows pods are free of what Windows does not have. */
export function isWindows({ spec }: PodSubject): boolean {
  return valueAt(spec, ['os', 'name']) === 'windows';
}

/** A pod in a user namespace of its own is root inside only. */
export function hasOwnUsers({ spec, minor }: PodSubject): boolean {
  return minor >= 35 && spec['hostUsers'] === false;
}
