import type { Part } from './value';
import { EnvValue } from './value';

/** When a client may start, as far as the endpoint it links to is concerned. */
export type WaitCondition =
  /** Wait until the service's health check passes. */
  | 'healthy'
  /** Wait until its container runs. */
  | 'started'
  /** Do not wait; needed where two services refer to each other. */
  | 'none';

/** Options of {@link Endpoint.url}. */
export interface UrlOptions {
  /**
   * Scheme, without `://`.
   * @default "http"
   */
  readonly scheme?: string;
  /**
   * User name in the URL. Never a password: it travels beside the URL, in a variable of its own.
   * @default - none
   */
  readonly user?: string;
  /**
   * Path after host and port, with its leading slash.
   * @default - none
   */
  readonly path?: string;
}

/**
 * One port of one service, as data: what a client links to. Used in an environment value it *is*
 * the link, from which come the URL in each target's host name, `depends_on`, the compose network
 * and the network policies on both sides.
 */
export class Endpoint {
  /**
   * @param service name of the service in its system, or the construct path of an external one
   * @param port name of the port
   * @param system construct path of the chart that holds the service
   * @param wait what a client waits for; undefined: healthy where there is a check, else started
   */
  public constructor(
    public readonly service: string,
    public readonly port: string,
    public readonly system: string,
    public readonly wait?: WaitCondition,
  ) {}

  /** The same endpoint, with another condition for the client's start. */
  public waitFor(condition: WaitCondition): Endpoint {
    return new Endpoint(this.service, this.port, this.system, condition);
  }

  /** `scheme://user@host:port/path`, in each target's own host name. */
  public url(options: UrlOptions = {}): EnvValue {
    const user = options.user === undefined ? '' : `${encodeURIComponent(options.user)}@`;
    return new EnvValue({
      kind: 'text',
      parts: [`${options.scheme ?? 'http'}://${user}`, this.part('address'), options.path ?? ''],
    });
  }

  /** `host:port`. */
  public address(): EnvValue {
    return new EnvValue({ kind: 'text', parts: [this.part('address')] });
  }

  /** The host name alone. */
  public host(): EnvValue {
    return new EnvValue({ kind: 'text', parts: [this.part('host')] });
  }

  /** The port number alone. */
  public portNumber(): EnvValue {
    return new EnvValue({ kind: 'text', parts: [this.part('port')] });
  }

  /** A name that resolves to the address of every replica, for scraping and discovery. */
  public replicas(): EnvValue {
    return new EnvValue({ kind: 'text', parts: [this.part('replicas')] });
  }

  /** A piece of a template that stands for this endpoint, see {@link EnvValue.concat}. */
  private part(show: 'address' | 'host' | 'port' | 'replicas'): Part {
    return { endpoint: this, show };
  }
}

/** True for an endpoint, also one made by another copy of this library. */
export function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'service' in value && 'port' in value && 'system' in value;
}
