import type { BalancingStrategy } from '../model/balancing';
import { NGINX_METHODS } from '../model/balancing';
import type { BalancingCompilation, BalancingSubject, BalancingTarget } from './balancing-subject';
import type { FidelityRow } from './hpa';
import { writeDirectives } from './nginx-syntax';
import { isResolved, NAMES_SECONDS, resolverDirectives, upstreamBlock } from './nginx-upstream';

/** A strategy in the terms of a target. What it is given has to be in order: the model's, or checked. */
export function writeBalancing(
  strategy: BalancingStrategy,
  target: BalancingTarget,
  subject: BalancingSubject,
): BalancingCompilation {
  return COMPILERS[target](strategy, subject);
}

type Compiler = (strategy: BalancingStrategy, subject: BalancingSubject) => BalancingCompilation;

const COMPILERS: Readonly<Record<BalancingTarget, Compiler>> = {
  nginx: nginxUpstream,
  'ingress-nginx': ingressNginx,
  'http-route': httpRoute,
  'nginx-gateway-fabric': nginxGatewayFabric,
  'envoy-gateway': envoyGateway,
  service: serviceFields,
};

function row(fidelity: FidelityRow['fidelity'], detail: string): FidelityRow {
  return { field: 'strategy', fidelity, detail };
}

/** What became of the weights, where some differ or are 0: a target may have no place for them. */
function weights({ backends }: BalancingSubject, fidelity: FidelityRow['fidelity'], detail: string): FidelityRow[] {
  const [first = 1, ...others] = backends.map(({ weight = 1 }) => weight);
  const isAlike = first !== 0 && others.every((weight) => weight === first);
  return isAlike ? [] : [{ field: 'weights', fidelity, detail }];
}

function nginxUpstream(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const { name, backends, resolver } = subject;
  const isNamed = backends.some(isResolved);
  const upstream = upstreamBlock({
    name,
    strategy,
    servers: backends,
    settings: isNamed ? resolverDirectives(resolver) : [],
  });
  const names: FidelityRow = {
    field: 'names',
    fidelity: 'exact',
    detail: `IPv4 addresses, asked for again every ${NAMES_SECONDS} s while nginx runs`,
  };
  return {
    output: writeDirectives([upstream]),
    report: [
      row('exact', NGINX_METHODS[strategy] ?? 'its default, smooth weighted round robin'),
      ...nginxWeights(strategy, subject, isNamed),
      ...(isNamed ? [names] : []),
    ],
  };
}

function nginxWeights(strategy: BalancingStrategy, subject: BalancingSubject, isNamed: boolean): FidelityRow[] {
  if (strategy === 'round-robin') return weights(subject, 'exact', 'left out, but 0, which is down');
  return isNamed
    ? weights(subject, 'approximate', 'weight=N, and down for 0: for each address of a name, not for all together')
    : weights(subject, 'exact', 'weight=N, and down for 0');
}

/** @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ */
function ingressNginx(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const without = weights(subject, 'unsupported', 'there is a share for one canary, none for each backend');
  const key = 'nginx.ingress.kubernetes.io';
  switch (strategy) {
    case 'round-robin':
      return { output: { [`${key}/load-balance`]: 'round_robin' }, report: [row('exact', 'round_robin'), ...without] };
    case 'least-connections':
      return {
        output: { [`${key}/load-balance`]: 'ewma' },
        report: [row('approximate', 'ewma: the better of two by a moving average of response times'), ...without],
      };
    case 'ip-hash':
      return {
        output: { [`${key}/upstream-hash-by`]: '$remote_addr' },
        report: [row('approximate', 'by the whole address, not by its first three bytes'), ...without],
      };
    case 'weighted':
      return { output: undefined, report: [row('unsupported', 'but for one canary'), ...without] };
    case 'random':
      return { output: undefined, report: [row('unsupported', 'it has round_robin, ewma and hashing'), ...without] };
  }
}

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref */
function httpRoute(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const { backends } = subject;
  const isWeighted = strategy === 'weighted';
  return {
    output: backends.map(({ name, port, weight = 1 }) => ({
      group: '',
      kind: 'Service',
      name,
      port,
      weight: isWeighted ? weight : Math.min(weight, 1),
    })),
    report: isWeighted
      ? [row('exact', 'backendRefs.weight: shares of Services; their pods are as the gateway has it')]
      : [
          row('unsupported', 'a route knows shares only: a policy of the gateway says the rest'),
          ...weights(
            subject,
            strategy === 'round-robin' ? 'exact' : 'unsupported',
            'left out, but 0: shares are for "weighted"',
          ),
        ],
  };
}

/** @see https://docs.nginx.com/nginx-gateway-fabric/traffic-management/upstream-settings/ */
function nginxGatewayFabric(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const { name, backends } = subject;
  const report = weights(subject, 'unsupported', 'the pods of a Service are alike: shares stand in the HTTPRoute');
  if (strategy === 'weighted') {
    return { output: undefined, report: [row('unsupported', 'use backendRefs.weight of the HTTPRoute'), ...report] };
  }
  const loadBalancingMethod = NGINX_METHODS[strategy] ?? 'round_robin';
  return {
    output: {
      apiVersion: 'gateway.nginx.org/v1alpha1',
      kind: 'UpstreamSettingsPolicy',
      metadata: { name },
      spec: {
        loadBalancingMethod,
        // Each Service once, whatever its ports.
        targetRefs: [...new Set(backends.map((one) => one.name))].map((service) => ({
          group: '',
          kind: 'Service',
          name: service,
        })),
      },
    },
    report: [row('exact', loadBalancingMethod), ...report],
  };
}

const ENVOY = {
  'round-robin': { type: 'RoundRobin' },
  'least-connections': { type: 'LeastRequest' },
  random: { type: 'Random' },
  'ip-hash': { type: 'ConsistentHash', consistentHash: { type: 'SourceIP' } },
};

/** @see https://gateway.envoyproxy.io/docs/tasks/traffic/load-balancing/ */
function envoyGateway(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const report = weights(subject, 'unsupported', 'the pods of a Service are alike: shares stand in the HTTPRoute');
  if (strategy === 'weighted') {
    return { output: undefined, report: [row('unsupported', 'use backendRefs.weight of the HTTPRoute'), ...report] };
  }
  const said: Record<keyof typeof ENVOY, FidelityRow> = {
    'round-robin': row('exact', 'RoundRobin, in each of its workers'),
    'least-connections': row('approximate', 'LeastRequest: the better of two that are drawn'),
    random: row('exact', 'Random'),
    'ip-hash': row('approximate', 'ConsistentHash SourceIP: the whole address on a circle'),
  };
  return {
    output: {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'BackendTrafficPolicy',
      metadata: { name: subject.name },
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: subject.name }],
        loadBalancer: ENVOY[strategy],
      },
    },
    report: [said[strategy], ...report],
  };
}

/** What kube-proxy does: it draws one pod for each connection, not for each request. */
function serviceFields(strategy: BalancingStrategy, subject: BalancingSubject): BalancingCompilation {
  const report = weights(subject, 'unsupported', 'the pods of a Service are alike');
  switch (strategy) {
    case 'round-robin':
    case 'random':
      return { output: undefined, report: [row('approximate', 'a pod is drawn for each connection'), ...report] };
    case 'ip-hash':
      return {
        output: {
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
        },
        report: [
          row('approximate', 'the pod that was drawn is remembered for three hours, and nothing is hashed'),
          ...report,
        ],
      };
    case 'weighted':
    case 'least-connections':
      return { output: undefined, report: [row('unsupported', 'a pod is drawn for each connection'), ...report] };
  }
}
