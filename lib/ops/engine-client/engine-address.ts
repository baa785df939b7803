import { engineError } from './engine-error';

/** Where an engine is when nobody says so. */
export const DEFAULT_ENGINE_HOST = 'unix:///var/run/docker.sock';

/** What a connection by TLS needs, each as PEM text. */
export interface EngineTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Where an engine listens. */
export interface EngineAddress {
  /** As it was said: `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376`. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Options of `http.request`. */
  readonly to: { readonly socketPath: string } | { readonly hostname: string; readonly port: string };
}

/**
 * Reads a host as DOCKER_HOST has it.
 * @throws ClusterError NoCluster for one that is not understood, and for `ssh://` and `npipe://`
 */
export function engineAddress(host: string, tls: EngineTls | undefined): EngineAddress {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.+)$/.exec(host) ?? [];
  if (scheme === 'unix') return { host, isSecure: false, to: { socketPath: rest } };
  if (!['tcp', 'http', 'https'].includes(scheme)) {
    throw engineError('NoCluster', `"${host}" is no address of an engine that can be reached from here`, {
      remedy:
        scheme === 'ssh'
          ? `open a way to it, \`ssh -NL /tmp/engine.sock:/var/run/docker.sock ${rest}\`, and set DOCKER_HOST=unix:///tmp/engine.sock`
          : 'set DOCKER_HOST to unix:///PATH or tcp://HOST:PORT',
    });
  }
  const isSecure = scheme === 'https' || tls !== undefined;
  const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
  if (url === undefined || url.hostname === '') throw engineError('NoCluster', `"${host}" is no address of an engine`);
  const port = url.port === '' ? (isSecure ? '2376' : '2375') : url.port;
  return { host, isSecure, to: { hostname: url.hostname.replace(/^\[|\]$/g, ''), port } };
}
