import { RESOURCES, pathOf } from '../cluster-client/resources';
import type { ResourceKind } from '../cluster-client/resources';
import { readObject } from '../cluster-client/read';
import type { ApiObject } from '../cluster-client/objects';
import type { Place } from './workload';

/** What somebody did to an object. */
export interface AuditLine {
  readonly kind: ResourceKind;
  readonly name: string;
  /** One word, in upper camel case: `Scaled`. */
  readonly action: string;
  /** What was done, for a reader. */
  readonly message: string;
}

/**
 * Leaves an Event on an object, which `kubectl describe` shows: who did what from where. Events are kept for an
 * hour; the server's audit log is what lasts.
 * @throws ClusterError Forbidden where one may not write events
 */
export async function leaveAuditLine(
  { client, namespace }: Place,
  line: AuditLine,
  signal?: AbortSignal,
): Promise<void> {
  const { kind, name, action, message } = line;
  const resource = RESOURCES[kind];
  const { metadata } = await readObject<ApiObject>(client, resource, namespace, name, signal);
  const { now, random } = client.surroundings;
  const at = new Date(now()).toISOString();
  const micro = `${at.slice(0, -1)}000Z`;
  const suffix = `${now().toString(16)}${Math.floor(random() * 2 ** 32).toString(16)}`;
  await client.call({
    method: 'POST',
    path: pathOf(RESOURCES.Event, namespace),
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200)}.${suffix}`, namespace },
      involvedObject: { apiVersion: resource.root.replace(/^\/apis?\//, ''), kind, name, namespace, uid: metadata.uid },
      type: 'Normal',
      reason: action,
      action,
      message: `${message} (by ${client.identity.user}, with tars)`,
      eventTime: micro,
      reportingComponent: 'cdk8s-tars',
      reportingInstance: client.identity.user === '' ? 'tars' : client.identity.user.slice(0, 128),
    },
    signal,
  });
}
