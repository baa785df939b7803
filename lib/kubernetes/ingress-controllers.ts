/**
 * What each Ingress controller wants said in annotations; one profile a controller. Only documented,
 * typed annotations: never `*-snippet`, which lets whoever may write an Ingress write configuration.
 */
export interface ControllerProfile {
  /** Namespace of the controller's pods in its usual installation. */
  readonly namespace: string;
  /** Annotations for connections that may be quiet for so long, and for answers passed on unbuffered. */
  readonly annotations: (options: { timeoutSeconds: number | undefined; streaming: boolean }) => Record<string, string>;
}

const NONE = (): Record<string, string> => ({});

export const INGRESS_CONTROLLERS: Readonly<Record<string, ControllerProfile>> = {
  /** @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ */
  nginx: {
    namespace: 'ingress-nginx',
    annotations: ({ timeoutSeconds, streaming }) => ({
      ...(timeoutSeconds === undefined
        ? {}
        : {
            'nginx.ingress.kubernetes.io/proxy-read-timeout': String(timeoutSeconds),
            'nginx.ingress.kubernetes.io/proxy-send-timeout': String(timeoutSeconds),
          }),
      ...(streaming ? { 'nginx.ingress.kubernetes.io/proxy-buffering': 'off' } : {}),
    }),
  },
  /** Traefik has no time-out on answers and buffers none. */
  traefik: { namespace: 'traefik', annotations: NONE },
  /** @see https://haproxy-ingress.github.io/docs/configuration/keys/#timeout */
  haproxy: {
    namespace: 'haproxy-ingress',
    annotations: ({ timeoutSeconds }) =>
      timeoutSeconds === undefined
        ? {}
        : {
            'haproxy-ingress.github.io/timeout-server': `${timeoutSeconds}s`,
            'haproxy-ingress.github.io/timeout-tunnel': `${timeoutSeconds}s`,
          },
  },
};

/** The profile of a class; a class that we do not know gets no annotations. */
export function controllerProfile(className: string): ControllerProfile {
  return INGRESS_CONTROLLERS[className] ?? { namespace: className, annotations: NONE };
}
