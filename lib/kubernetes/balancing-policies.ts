import type { Endpoint } from '../model/endpoint';
import type { ExposureSpec } from '../model/exposure';
import { balancerOf } from '../policy/balancing';
import type { BalancedBackend } from '../policy/balancing-subject';
import { writeBalancing } from '../policy/balancing-targets';
import { systemLabels } from './labels';
import type { ObjectSpec } from './object-spec';

/** Services that one policy of NGINX Gateway Fabric can name. */
const MOST_SERVICES = 16;

/** Where the policies of an exposure attach. */
export interface PolicyTargets {
  readonly gatewayName: string;
  readonly routeNames: readonly string[];
  /** The Service behind an endpoint. */
  readonly backendOf: (endpoint: Endpoint) => BalancedBackend;
}

interface Policy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

/** What tells a Gateway's controller how to spread requests over replicas; nothing where it has no words for it. */
export function balancingPolicies(exposure: ExposureSpec, targets: PolicyTargets): ObjectSpec[] {
  switch (balancerOf(exposure)) {
    case 'envoy-gateway':
      return targets.routeNames.flatMap((name) => policyObject(exposure, 'envoy-gateway', name, () => []));
    case 'nginx-gateway-fabric':
      return chunks(distinct(exposure.routes.map(({ endpoint }) => endpoint)), MOST_SERVICES).flatMap(
        (endpoints, index) =>
          policyObject(
            exposure,
            'nginx-gateway-fabric',
            `${targets.gatewayName}-balancing${index === 0 ? '' : `-${index + 1}`}`,
            () => endpoints.map(targets.backendOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
          ),
      );
    default:
      return [];
  }
}

function policyObject(
  { prefix, balancing }: ExposureSpec,
  target: 'envoy-gateway' | 'nginx-gateway-fabric',
  name: string,
  backends: () => readonly BalancedBackend[],
): ObjectSpec[] {
  if (balancing === undefined) return [];
  const compiled = (to: readonly BalancedBackend[]): Policy =>
    writeBalancing(balancing, target, { name, backends: to }).output as Policy;
  const { apiVersion, kind } = compiled([]);
  const fields = { spec: () => compiled(backends()).spec };
  return [{ id: `balancing-${name}`, apiVersion, kind, name, labels: systemLabels(prefix), fields }];
}

/** Each service once, whatever its ports. */
function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((one) => [`${one.system}/${one.service}`, one])).values()];
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
