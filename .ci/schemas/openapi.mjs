// The OpenAPI v3 documents of a Kubernetes release, as short types.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Types with a JSON form of their own. */
const SCALARS = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'i|s',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'mt',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'j',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'j',
};

/**
 * @typedef {object} Release
 * @property {Map<string, string>} kinds `apps/v1 Deployment` → name of its type, or '' for one whose fields are not kept
 * @property {Map<string, Map<string, string>>} types name → field → short type, with `!` where it is required
 */

/**
 * @param {string} directory of the module k8s.io/kubernetes
 * @param {readonly string[]} groups
 * @returns {Release}
 */
export function readRelease(directory, groups) {
  const folder = join(directory, 'api', 'openapi-spec', 'v3');
  const release = { kinds: new Map(), types: new Map() };
  for (const file of readdirSync(folder)) {
    const match = /^apis?__(?:(.+)__)?(v[a-z0-9]+)_openapi\.json$/.exec(file);
    if (match === null || !groups.includes(match[1] ?? '')) continue;
    const { components } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [name, schema] of Object.entries(components.schemas)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
        if (group !== (match[1] ?? '') || version !== match[2]) continue;
        if (schema['x-kubernetes-group-version-kind'].length > 1 || !/ObjectMeta/.test(metadataOf(schema))) continue;
        const isStable = /^v\d+$/.test(version);
        release.kinds.set(`${group === '' ? '' : `${group}/`}${version} ${kind}`, isStable ? short(name) : '');
        if (isStable) add(release.types, components.schemas, name);
      }
    }
  }
  return release;
}

function metadataOf(schema) {
  return JSON.stringify(schema.properties?.metadata ?? '');
}

/** A type and all that it refers to. */
function add(types, schemas, name) {
  if (types.has(short(name))) return;
  const { properties = {}, required = [] } = schemas[name];
  const fields = new Map();
  types.set(short(name), fields);
  for (const [field, schema] of Object.entries(properties)) {
    // Written by the server, and dropped from what a user sends.
    if (field === 'managedFields') fields.set(field, '[]j');
    else fields.set(field, typeOf(types, schemas, schema) + (required.includes(field) ? '!' : ''));
  }
}

function refOf(schema) {
  return (schema.$ref ?? schema.allOf?.[0]?.$ref)?.replace('#/components/schemas/', '');
}

function typeOf(types, schemas, schema) {
  const ref = refOf(schema);
  if (ref !== undefined) {
    if (SCALARS[ref] !== undefined) return SCALARS[ref];
    if (schemas[ref].properties === undefined) {
      const { type, oneOf } = schemas[ref];
      if (type === 'object' || oneOf !== undefined || type === undefined) return 'j';
    }
    add(types, schemas, ref);
    return short(ref);
  }
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? 'y' : schema.format === 'int-or-string' ? 'i|s' : 's';
    case 'integer':
      return schema.format === 'int64' ? 'l' : 'i';
    case 'number':
      return 'd';
    case 'boolean':
      return 'b';
    case 'array':
      return `[]${typeOf(types, schemas, schema.items)}`;
    case 'object':
      return schema.additionalProperties ? `{}${typeOf(types, schemas, schema.additionalProperties)}` : 'j';
    default:
      return 'j';
  }
}

/** `io.k8s.api.apps.v1.DeploymentSpec` → `apps/v1.DeploymentSpec`. */
function short(name) {
  const parts = name.split('.');
  return `${parts.at(-3)}/${parts.at(-2)}.${parts.at(-1)}`;
}
