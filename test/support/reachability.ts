import type { JsonObject } from '../../lib/verify/emitted';
import { parseAddress } from '../../lib/verify/reachability/address-set';
import type { PodEnd } from '../../lib/verify/reachability/ends';
import { podEndsOf, stranger } from '../../lib/verify/reachability/ends';
import { PolicySet } from '../../lib/verify/reachability/policy-set';
import { hasPort } from '../../lib/verify/reachability/port-set';
import type { Manifest } from './manifests';

/** One end of a connection: a pod, or an address outside the cluster. */
export type End =
  | { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly name: string; readonly address: string };

/** The pods of an emitted system, one for each template, by the name of their component. */
export function podsOf(manifests: readonly Manifest[]): PodEnd[] {
  return podEndsOf(emitted(manifests)).map((pod) => ({ ...pod, name: pod.labels['component'] ?? pod.name }));
}

/** Whether the policies let a connection through: out of one end and into the other, as lib/verify has it. */
export function isAllowed(
  manifests: readonly Manifest[],
  from: End,
  to: End,
  port: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
): boolean {
  const policies = new PolicySet(emitted(manifests));
  if ('address' in from && 'address' in to) throw new Error('two addresses: no policy is asked');
  const open =
    'address' in to
      ? policies.addressSide('egress', podOf(from), addressOf(to.address))
      : 'address' in from
        ? policies.addressSide('ingress', podOf(to), addressOf(from.address))
        : policies.openPorts(podOf(from), podOf(to));
  return hasPort(open, protocol, port);
}

function podOf(end: End): PodEnd {
  if ('address' in end) throw new Error(`${end.name} is no pod`);
  return 'ports' in end ? (end as PodEnd) : stranger(end.name, end.namespace, end.labels);
}

function addressOf(text: string): bigint {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

function emitted(manifests: readonly Manifest[]): Parameters<typeof podEndsOf>[0] {
  return {
    manifests: manifests.map((object, document) => ({
      file: 'dist/test.k8s.yaml',
      document,
      object: object as unknown as JsonObject,
    })),
  };
}
