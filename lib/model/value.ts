import type { Endpoint } from './endpoint';

/** A piece of a text: literal, or something that each target knows in its own way. */
export type Part =
  | string
  | {
      readonly endpoint: Endpoint;
      /** `replicas`: a name that resolves to every replica's address, for scraping. */
      readonly show: 'address' | 'host' | 'port' | 'replicas';
    }
  /** The value of a secret's key; only inside an environment variable of the container's own. */
  | { readonly secretKey: string };

/** A text with endpoints in it. */
export interface TextValue {
  readonly kind: 'text';
  readonly parts: readonly Part[];
}

/** The value of one key of a secret. */
export interface SecretValue {
  readonly kind: 'secret';
  /** Name of a Kubernetes Secret that is not ours; undefined: the system's own. */
  readonly secretName: string | undefined;
  readonly key: string;
  readonly mayBeEmpty: boolean;
}

/** What an environment variable holds. */
export type Value = TextValue | SecretValue;

const ENV_VALUE = Symbol.for('cdk8s-tars.EnvValue');

/** Options of {@link EnvValue.fromSecret}. */
export interface FromSecretOptions {
  /**
   * Name of an existing Kubernetes Secret.
   * @default - the system's own secret, `<prefix>-secrets`
   */
  readonly secretName?: string;
  /**
   * Whether the process can do with an empty value.
   * @default false
   */
  readonly mayBeEmpty?: boolean;
}

/** The value of an environment variable. */
export class EnvValue {
  /** A literal text. It arrives in the process unchanged, `$` and all. */
  public static fromValue(text: string): EnvValue {
    return new EnvValue({ kind: 'text', parts: [text] });
  }

  /** One key of a secret. */
  public static fromSecret(key: string, options: FromSecretOptions = {}): EnvValue {
    return new EnvValue({
      kind: 'secret',
      secretName: options.secretName,
      key,
      mayBeEmpty: options.mayBeEmpty ?? false,
    });
  }

  /** Several values in a row, e.g. two URLs with a comma between. */
  public static concat(...values: EnvValue[]): EnvValue {
    return new EnvValue({ kind: 'text', parts: values.flatMap((v) => partsOf(v)) });
  }

  /** What the value holds. Internal: the shape may change between minor versions. */
  public readonly value: Value;

  public constructor(value: Value) {
    this.value = value;
    Object.defineProperty(this, ENV_VALUE, { value: true });
  }
}

function partsOf(value: EnvValue): readonly Part[] {
  return value.value.kind === 'text' ? value.value.parts : [{ secretKey: value.value.key }];
}

/** True for an EnvValue, also one made by another copy of this library. */
export function isEnvValue(value: unknown): value is EnvValue {
  return typeof value === 'object' && value !== null && ENV_VALUE in value;
}

/** The endpoints that a value refers to, in order. */
export function endpointsOf(value: Value): Endpoint[] {
  if (value.kind !== 'text') return [];
  return value.parts.flatMap((part) => (typeof part === 'object' && 'endpoint' in part ? [part.endpoint] : []));
}

/** The keys of the system's own secret that a value refers to, with whether each may be empty. */
export function secretKeysOf(value: Value): { key: string; mayBeEmpty: boolean; inUrl: boolean }[] {
  if (value.kind === 'secret') {
    return value.secretName === undefined ? [{ key: value.key, mayBeEmpty: value.mayBeEmpty, inUrl: false }] : [];
  }
  return value.parts.flatMap((part) =>
    typeof part === 'object' && 'secretKey' in part ? [{ key: part.secretKey, mayBeEmpty: false, inUrl: true }] : [],
  );
}

/** True when the text holds a secret, so that it may stand in no ConfigMap. */
export function holdsSecret(value: Value): boolean {
  return value.kind === 'secret' || value.parts.some((part) => typeof part === 'object' && 'secretKey' in part);
}

/** How a target writes the pieces that are not literal. */
export interface PartWriter {
  endpoint(endpoint: Endpoint, show: 'address' | 'host' | 'port' | 'replicas'): string;
  secret(key: string): string;
  literal(text: string): string;
}

/** Writes a text as one target wants it. */
export function writeText(value: TextValue, writer: PartWriter): string {
  return value.parts
    .map((part) => {
      if (typeof part === 'string') return writer.literal(part);
      return 'secretKey' in part ? writer.secret(part.secretKey) : writer.endpoint(part.endpoint, part.show);
    })
    .join('');
}
