// @ts-check
// Who may connect to whom, as lib/verify computes it from the policies that were emitted; it asks no model.
import { library } from './kube-router.mjs';

/** @typedef {import('./actors.mjs').Actor} Actor */
/** @typedef {import('./actors.mjs').Goal} Goal */

const { PolicySet } = library('policy-set');
const { podEndsOf, stranger } = library('ends');
const { parseAddress } = library('address-set');
const { hasPort } = library('port-set');

/**
 * @param {any} emitted
 * @returns {(actor: Actor, goal: Goal) => boolean}
 */
export function computedReachability(emitted) {
  const policies = new PolicySet(emitted);
  /** @type {readonly any[]} */
  const servers = podEndsOf(emitted);
  const dns = stranger('DNS', 'kube-system', { 'k8s-app': 'kube-dns' });

  return ({ name, pod, client }, { server, kind, host, port }) => {
    const from =
      pod === undefined
        ? undefined
        : {
            ...stranger(name, pod.metadata.namespace, pod.metadata.labels ?? {}),
            addresses: [parseAddress(pod.status.podIP)],
          };
    const isOpen = (/** @type {any} */ ports, /** @type {number} */ number = port) =>
      hasPort(ports, kind === 'dns-udp' ? 'UDP' : 'TCP', number) === true;
    if (server.kind === 'port') {
      const to = servers.find(
        ({ template, labels }) => template.kind !== 'Job' && labels.component === server.spec.name,
      );
      const number = server.spec.ports.find((one) => one.name === server.port)?.number;
      if (from !== undefined) {
        return isOpen(policies.openPorts(from, to), number);
      }
      const address = client.kind === 'outside' ? client.address : '';
      return isOpen(policies.addressSide('ingress', to, parseAddress(address)), number);
    }
    if (from === undefined) {
      return true; // no policy is asked
    }
    return isOpen(
      server.kind === 'dns'
        ? policies.side('egress', from, dns)
        : policies.addressSide('egress', from, parseAddress(host)),
    );
  };
}
