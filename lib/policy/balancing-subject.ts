import type { FidelityRow } from './hpa';

/** What spreads the requests. */
export type BalancingTarget =
  'nginx' | 'ingress-nginx' | 'http-route' | 'nginx-gateway-fabric' | 'envoy-gateway' | 'service';

export const BALANCING_TARGETS: readonly BalancingTarget[] = [
  'nginx',
  'ingress-nginx',
  'http-route',
  'nginx-gateway-fabric',
  'envoy-gateway',
  'service',
];

/** One of the backends: a server of nginx, or a Service of Kubernetes. */
export interface BalancedBackend {
  /** Host name or address for nginx, IPv6 with brackets or without; name of the Service for Kubernetes. */
  readonly name: string;
  readonly port: number;
  /** Its share, a whole number, 0 to 65535, of an HTTPRoute to 1000000; 0: none. @default 1 */
  readonly weight?: number;
}

/** What a strategy is compiled for. */
export interface BalancingSubject {
  /** Name of the upstream, of the policy object, or of the route. */
  readonly name: string;
  readonly backends: readonly BalancedBackend[];
  /**
   * Address of the name server that nginx asks for host names while it runs, with a port if it is not 53.
   * @default 127.0.0.11, that of every container on a network of Docker
   */
  readonly resolver?: string;
}

/** A strategy in the terms of a target, and how closely it is followed. */
export interface BalancingCompilation {
  /**
   * For nginx the text of an `upstream` block; for ingress-nginx the annotations of the Ingress; for an HTTPRoute the
   * backendRefs of a rule; for a gateway's policy the whole object; for a Service fields of its spec. Undefined when the
   * target needs nothing said, or has nothing for it.
   */
  readonly output: string | object | undefined;
  readonly report: readonly FidelityRow[];
}
