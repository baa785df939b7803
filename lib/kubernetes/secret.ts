import type { ExternalSecretSpec } from '../../imports/external-secrets.io';
import { prefixed } from '../model/names';
import type { SecretSource } from '../model/settings';
import type { Json } from './json';
import { systemLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';

/** A whole manifest, as it is written into the secrets file. */
export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Record<string, string> };
  readonly type: string;
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * A Secret with values. `data`, since `stringData` is never stored and would differ at each apply;
 * immutable, so that a second clone with other passwords is refused instead of locking everybody
 * out of the database (decision D2).
 */
export function secretManifest(
  owner: { readonly name: string; readonly prefix: string; readonly namespace: string | undefined },
  type: 'Opaque' | 'kubernetes.io/tls',
  values: Readonly<Record<string, string>>,
): SecretManifest {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: owner.name,
      ...(owner.namespace === undefined ? {} : { namespace: owner.namespace }),
      labels: systemLabels(owner.prefix),
    },
    type,
    immutable: true,
    data: Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')])),
  };
}

/** @see https://external-secrets.io/latest/api/externalsecret/ */
export function externalSecretObject(
  chart: string,
  prefix: string,
  source: Extract<SecretSource, { kind: 'external' }>,
  model: ModelSource,
): ObjectSpec {
  return {
    id: 'external-secret',
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    name: prefixed(prefix, 'secrets'),
    labels: systemLabels(prefix),
    fields: {
      spec: (): Json<ExternalSecretSpec> => {
        const keys = model().secrets.find((s) => s.chart === chart)?.keys ?? [];
        return {
          refreshInterval: source.refreshInterval,
          secretStoreRef: { name: source.storeName, kind: source.storeKind },
          target: { name: prefixed(prefix, 'secrets'), creationPolicy: 'Owner', deletionPolicy: 'Retain' },
          data: keys.map(({ key }) => ({
            secretKey: key,
            remoteRef: {
              key: source.remoteKey,
              property: key,
              conversionStrategy: 'Default',
              decodingStrategy: 'None',
              metadataPolicy: 'None',
            },
          })),
        };
      },
    },
  };
}
