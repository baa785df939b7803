// @ts-check
// What kube-router makes of policies where it differs from what Kubernetes says of them, read in its source
// (v2.1.0, pkg/controllers/netpol): the node's enforcer is judged by this, the library by Kubernetes.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ALL_PORTS, intersectPorts, unitePorts, NO_PORT } = library('port-set');
const { rulePorts } = library('policy-set');
const { namedPort } = library('ends');

/**
 * Not in the public interface: taken from the build.
 *
 * @param {string} name of a module of lib/verify/reachability
 * @returns {any}
 */
export function library(name) {
  return require(`../../../build/lib/verify/reachability/${name}.js`);
}

/**
 * The ports that kube-router opens. It differs in three ways. `rules of both directions`: a policy with both policyTypes is one chain, run
 * for a pod whichever way the connection goes (pod.go, setupPodNetpolRules, kubeBothPolicyType), so that
 * between two pods that it selects a rule of either direction opens both sides; seen in
 * https://github.com/k3s-io/k3s/issues/2390. `names to anywhere`: a named port of an egress rule without "to"
 * is the numbers that pods of the policy's namespace have for it, at any destination
 * (https://github.com/cloudnativelabs/kube-router/issues/1036). `names to blocks`: a named port of an egress
 * rule is not looked at where the peer is an ipBlock (policy.go, processEgressRules).
 *
 * @param {any} set PolicySet
 * @param {readonly any[]} pods
 * @param {any} from
 * @param {any} to
 * @returns {any} PortSet
 */
export function kubeRouterPorts(set, pods, from, to) {
  const outward = set.policiesOf(from, 'egress');
  const inward = set.policiesOf(to, 'ingress');
  const both = outward.filter((/** @type {any} */ policy) => inward.includes(policy));
  const crossing = both.filter(
    (/** @type {any} */ { rules }) => rules.ingress !== undefined && rules.egress !== undefined,
  );
  const out = (/** @type {any[]} */ policies) => opened(policies, 'egress', (rule) => egressPorts(set, pods, rule, to));
  const into = (/** @type {any[]} */ policies) =>
    opened(policies, 'ingress', (rule) => (set.isPeer(rule, from) ? rulePorts(rule, to) : NO_PORT));
  const shared = [out(crossing), into(crossing)];
  return intersectPorts(
    outward.length === 0 ? ALL_PORTS : unitePorts([out(outward), ...shared]),
    inward.length === 0 ? ALL_PORTS : unitePorts([into(inward), ...shared]),
  );
}

/**
 * @param {readonly any[]} policies
 * @param {'ingress' | 'egress'} direction
 * @param {(rule: any) => any} portsOf
 */
function opened(policies, direction, portsOf) {
  return unitePorts(policies.flatMap(({ rules }) => (rules[direction] ?? []).map(portsOf)));
}

/**
 * @param {any} set
 * @param {readonly any[]} pods
 * @param {any} rule
 * @param {any} to
 */
function egressPorts(set, pods, rule, to) {
  if (rule.ports === undefined || rule.ports.every((/** @type {any} */ { kind }) => kind === 'numbers')) {
    return set.isPeer(rule, to) ? rulePorts(rule, to) : NO_PORT;
  }
  const numbers = { ...rule, ports: rule.ports.filter((/** @type {any} */ { kind }) => kind === 'numbers') };
  if (rule.peers === undefined) {
    const names = rule.ports.filter((/** @type {any} */ { kind }) => kind === 'name');
    const neighbours = pods.filter(({ namespace }) => namespace === rule.policy.namespace);
    return unitePorts([
      rulePorts(numbers, to),
      ...names.flatMap((/** @type {any} */ { name, protocol }) =>
        neighbours.map((pod) => namedPort(pod, name, protocol)),
      ),
    ]);
  }
  const toPods = { ...rule, peers: rule.peers.filter((/** @type {any} */ { kind }) => kind === 'pods') };
  if (toPods.peers.length > 0 && set.isPeer(toPods, to)) {
    return rulePorts(rule, to);
  }
  return set.isPeer(rule, to) ? rulePorts(numbers, to) : NO_PORT;
}
