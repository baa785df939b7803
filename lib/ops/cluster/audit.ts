import type { ClusterClient } from '../cluster-client/cluster-client';
import { isClusterError } from '../cluster-client/cluster-error';
import { RESOURCES, pathOf } from '../cluster-client/resources';
import type { ResourceKind } from '../cluster-client/resources';
import { readObject } from '../cluster-client/read';
import type { ApiObject } from '../cluster-client/objects';
import type { Place } from './workload';

/** What somebody did to an object. */
export interface AuditLine {
  readonly kind: ResourceKind;
  readonly name: string;
  /** Of an object that may be gone, as it was. @default that of the object, which is read */
  readonly uid?: string | undefined;
  /** One word, in upper camel case: `Scaled`. */
  readonly action: string;
  /** What was done, for a reader, in a participle: `scaled web from 2 to 4`. What is too long for an Event is cut. */
  readonly message: string;
}

/** Longest message of an Event, in bytes. */
const MOST_BYTES = 1024;
/** Longest name of who reports an Event. */
const MOST_REPORTER = 128;

/**
 * Leaves an Event on an object, which `kubectl describe` shows: who did what from where. Events are kept for an
 * hour, also of an object that is gone; the server's audit log is what lasts.
 * @throws ClusterError Forbidden where one may not write events; NotFound without a uid of what is not there
 */
export async function leaveAuditLine(
  { client, namespace }: Place,
  line: AuditLine,
  signal?: AbortSignal,
): Promise<void> {
  const { kind, name, action, message } = line;
  const resource = RESOURCES[kind];
  const uid = line.uid ?? (await readObject<ApiObject>(client, resource, namespace, name, signal)).metadata.uid;
  const who = await whoAmI(client, signal);
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
      involvedObject: { apiVersion: resource.root.replace(/^\/apis?\//, ''), kind, name, namespace, uid },
      type: 'Normal',
      reason: action,
      action,
      message: messageOf(message, who),
      eventTime: micro,
      reportingComponent: 'cdk8s-tars',
      reportingInstance: who.slice(0, MOST_REPORTER),
    },
    signal,
  });
}

/**
 * Who the server takes us for. A server before 1.28, and one that lets nobody ask, does not say it: then it is
 * what the kubeconfig calls the user, and marked as that.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
 */
async function whoAmI(client: ClusterClient, signal: AbortSignal | undefined): Promise<string> {
  const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const { status } = await client.call<{ readonly status?: { readonly userInfo?: { readonly username?: string } } }>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: kind,
      // It changes nothing.
      idempotent: true,
      signal,
    });
    const username = status?.userInfo?.username ?? '';
    if (username !== '') return username;
  } catch (error) {
    if (!isClusterError(error, 'NotFound') && !isClusterError(error, 'Forbidden')) throw error;
  }
  const { user } = client.identity;
  return user === '' ? 'somebody' : `"${user}" of a kubeconfig`;
}

/** Who did it stays. */
function messageOf(text: string, who: string): string {
  const end = ` (by ${who.slice(0, MOST_REPORTER)}, with tars)`;
  const bytes = new TextEncoder().encode(text);
  const room = MOST_BYTES - new TextEncoder().encode(end).length;
  if (bytes.length <= room) return text + end;
  // A character that is cut through is left out; the mark of what is missing takes three bytes.
  return `${new TextDecoder().decode(bytes.subarray(0, room - 3), { stream: true })}…${end}`;
}
