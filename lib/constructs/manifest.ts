import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ObjectSpec } from '../kubernetes/object-spec';

/**
 * Wraps one object in a construct with a stable id, so that `ApiObject.of` and JSON patches find
 * it. Its fields are lazy: what they hold may depend on services that are declared later.
 */
export function addObject(scope: Construct, object: ObjectSpec): ApiObject {
  const { name } = object;
  const fields = Object.entries(object.fields).map(([key, produce]) => [key, Lazy.any({ produce })] as const);
  return new ApiObject(scope, object.id, {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name: typeof name === 'string' ? name : (Lazy.any({ produce: name }) as string),
      ...(object.labels === undefined ? {} : { labels: { ...object.labels } }),
      ...(object.annotations === undefined ? {} : { annotations: { ...object.annotations } }),
      // A key that is there and undefined overrides the chart's namespace with nothing.
      ...(object.namespaced === false ? { namespace: Lazy.any({ produce: () => undefined }) as string } : {}),
    },
    ...Object.fromEntries(fields),
  });
}
