import type { ReplicaBalancing } from './balancing';
import type { Endpoint } from './endpoint';

/** How requests from outside find the services: Ingress and Gateway API are equals. */
export interface ExposureSpec {
  /** Construct path. */
  readonly path: string;
  readonly chart: string;
  readonly prefix: string;
  readonly namespace: string | undefined;
  readonly kind: 'ingress' | 'gateway';
  readonly name: string;
  /** Class of the Ingress or of the Gateway. */
  readonly className: string;
  /** A Gateway that exists already; undefined: one of our own is made. */
  readonly existingGateway: { readonly name: string; readonly namespace: string | undefined } | undefined;
  /** Namespaces where the controller's pods run: they may reach what is routed. */
  readonly controllerNamespaces: readonly string[];
  readonly tls: Tls | undefined;
  readonly routes: readonly Route[];
  /** How requests are spread over the replicas of a service; undefined: as the controller does it. */
  readonly balancing: ReplicaBalancing | undefined;
  /** Compose: port of the gateway that serves these routes by host name, and the one with TLS. */
  readonly composePort: number;
  readonly composeTlsPort: number | undefined;
}

/** Where a host's certificate comes from (decision D16). */
export type Tls =
  | { readonly kind: 'secret'; readonly secretName: string }
  | {
      readonly kind: 'issuer';
      readonly secretName: string;
      readonly issuer: string;
      readonly issuerKind: 'ClusterIssuer' | 'Issuer';
    }
  | { readonly kind: 'self-signed'; readonly secretName: string };

/** One path of one host. */
export interface Route {
  readonly host: string;
  /** Path prefix, from the root. */
  readonly path: string;
  readonly endpoint: Endpoint;
  /** Seconds that a request or a quiet connection may take; undefined: as the controller does it. */
  readonly timeoutSeconds: number | undefined;
  /** Answers are passed on as they come, not gathered first. */
  readonly streaming: boolean;
}

/** Hosts of an exposure, in the order of the routes, each once. */
export function hostsOf(exposure: ExposureSpec): string[] {
  return [...new Set(exposure.routes.map((route) => route.host))];
}
