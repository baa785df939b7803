// The custom resources of imports/crds: their schemas without the prose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/**
 * What we emit, and what stands beside it in many systems. Issuers and secret stores are left out:
 * their schemas, one for each provider, are ten times all the others.
 */
const FILES = [
  'cert-manager/certificates.yaml',
  'external-secrets/externalsecrets.yaml',
  'gateway-api/gatewayclasses.yaml',
  'gateway-api/gateways.yaml',
  'gateway-api/httproutes.yaml',
  'keda/scaledobjects.yaml',
  'prometheus-operator/podmonitors.yaml',
  'prometheus-operator/prometheusrules.yaml',
  'prometheus-operator/servicemonitors.yaml',
];
/** Keys of a schema that decide what the server takes. */
const KEYS = [
  ...['type', 'properties', 'required', 'enum', 'pattern', 'items', 'additionalProperties', 'nullable'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
  ...['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-int-or-string', 'x-kubernetes-list-map-keys'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'format'],
];

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/**
 * @param {string} root
 * @returns {Record<string, object>} `gateway.networking.k8s.io/v1 HTTPRoute` → its schema
 */
export function readCrds(root) {
  const found = FILES.flatMap((file) =>
    parseAllDocuments(readFileSync(join(root, 'imports', 'crds', ...file.split('/')), 'utf8')).flatMap((document) => {
      const { spec } = document.toJS();
      return spec.versions
        .filter(({ served }) => served)
        .map(({ name, schema }) => [`${spec.group}/${name} ${spec.names.kind}`, strip(schema.openAPIV3Schema)]);
    }),
  );
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A schema without its prose. */
function strip(schema) {
  const kept = Object.entries(schema).filter(([key]) => KEYS.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, stripped(key, value)]));
}

function stripped(key, value) {
  switch (key) {
    case 'properties':
      // What the server itself writes, and what every object has.
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, name === 'status' ? OPEN : strip(one)]),
      );
    case 'items':
    case 'not':
      return strip(value);
    case 'additionalProperties':
      return typeof value === 'object' ? strip(value) : value;
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return value.map(strip);
    default:
      return value;
  }
}
