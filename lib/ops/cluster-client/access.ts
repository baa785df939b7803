import { Agent as HttpAgent, validateHeaderValue } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import { ClusterError } from './cluster-error';

/** Where a cluster is, and who we are there. */
export interface ClusterIdentity {
  /** Name of the context in the kubeconfig. */
  readonly context: string;
  /** Name of the cluster in the kubeconfig. */
  readonly cluster: string;
  /** URL of the API server, without a slash at its end. */
  readonly server: string;
  /** Name of the user in the kubeconfig. */
  readonly user: string;
  /** Namespace of the context. @default "default" */
  readonly namespace: string;
}

/**
 * As much of a KubeConfig of @kubernetes/client-node as is used. Not its own type: the package is optional, and the
 * declarations of this one have to compile without it.
 */
export interface CredentialsSource {
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
  getCurrentCluster(): { readonly proxyUrl?: string | undefined } | null;
}

/** What a connection needs: TLS, the headers that say who we are, a proxy. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Options of `https.request`. */
  readonly tls: RequestOptions;
  /** Equal when `tls` is. */
  readonly key: string;
  /** An agent that goes through a proxy; undefined: straight. */
  readonly proxy: RequestOptions['agent'];
}

const TLS = [
  ...['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername', 'ciphers', 'crl'],
] as const satisfies readonly (keyof RequestOptions)[];

/** The credentials of a kubeconfig, asked for anew at each call: tokens expire. */
export class Access {
  private kept: { readonly key: string; readonly agent: HttpAgent | HttpsAgent } | undefined;

  /** The certificates that were found to be usable. */
  private checked: string | undefined;

  public constructor(
    private readonly config: CredentialsSource,
    public readonly identity: ClusterIdentity,
  ) {}

  /** @throws ClusterError Unauthorized when a credentials plugin fails, or a file cannot be read */
  public async credentials(): Promise<Credentials> {
    const options: RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (cause) {
      throw this.refused(why(cause), cause);
    }
    const headers: Record<string, string> = {};
    // a file of a token ends with a line break
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
    if (typeof options.auth === 'string')
      headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    const tls: RequestOptions = {};
    for (const name of TLS) if (options[name] !== undefined) Object.assign(tls, { [name]: options[name] });
    const key = TLS.map((name) => JSON.stringify(tls[name]) || '').join('\n');
    this.check({ headers, tls, key });
    const isProxied = (this.config.getCurrentCluster()?.proxyUrl ?? '') !== '';
    return { headers, tls, key, proxy: isProxied ? options.agent : undefined };
  }

  /** Connections that are used again, for reads. */
  public sharedAgent({ tls, key, proxy }: Credentials): RequestOptions['agent'] {
    if (proxy !== undefined) return proxy;
    if (this.kept?.key !== key) {
      this.kept?.agent.destroy();
      const isPlain = this.identity.server.startsWith('http://');
      const settings = { keepAlive: true, maxFreeSockets: 4 };
      this.kept = {
        key,
        agent: isPlain ? new HttpAgent(settings) : new HttpsAgent({ ...settings, ...(tls as object) }),
      };
    }
    return this.kept.agent;
  }

  /** What Node would throw only while it sends. @throws ClusterError Unauthorized */
  private check({ headers, tls, key }: Omit<Credentials, 'proxy'>): void {
    for (const [name, value] of Object.entries(headers)) {
      try {
        validateHeaderValue(name, value);
      } catch (cause) {
        throw this.refused(`its token or name has characters that the header ${name} may not have`, cause);
      }
    }
    if (this.checked === key) return;
    try {
      createSecureContext(tls);
    } catch (cause) {
      throw this.refused(`a certificate or its key cannot be used: ${why(cause)}`, cause);
    }
    this.checked = key;
  }

  private refused(reason: string, cause: unknown): ClusterError {
    const { user, context } = this.identity;
    return new ClusterError('Unauthorized', `no credentials for user "${user}" of context "${context}": ${reason}`, {
      cause,
      remedy: `see what \`kubectl --context ${context} auth whoami\` says`,
    });
  }

  public close(): void {
    this.kept?.agent.destroy();
    this.kept = undefined;
  }
}

/** The last lines that a program for credentials wrote before it failed; else what Node says. */
function why(cause: unknown): string {
  // the package reads a field of what is not there
  if (cause instanceof TypeError) return 'what the program for credentials prints is no ExecCredential';
  const text = (cause instanceof Error ? cause.message : String(cause)).trim();
  return text === ''
    ? 'the program for credentials failed, and said nothing'
    : text
        .split(/\s*\n\s*/)
        .slice(-5)
        .join(' ')
        .slice(-1000);
}
