// @ts-check
// JSON schemas for kubeconform, made of what the API server says about itself, since the ones that it
// would fetch are on the Internet.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ [key: string]: any }} Schema */

/** Names of the files, for kubeconform's -schema-location. */
export const SCHEMA_FILE = '{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json';

/**
 * Writes a schema for each kind that the server knows; fields that it does not know are refused.
 *
 * @param {Schema} openapi what the server answers at /openapi/v2
 * @param {string} directory is made
 * @returns {number} how many kinds there are
 */
export function writeSchemas(openapi, directory) {
  mkdirSync(directory, { recursive: true });
  /** @type {Record<string, Schema>} */
  const definitions = Object.fromEntries(
    Object.entries(/** @type {Record<string, Schema>} */ (openapi['definitions'])).map(([name, schema]) => [
      name,
      strict(name, schema),
    ]),
  );
  let kinds = 0;
  for (const [name, schema] of Object.entries(/** @type {Record<string, Schema>} */ (openapi['definitions']))) {
    const all = /** @type {{ group: string, version: string, kind: string }[]} */ (
      schema['x-kubernetes-group-version-kind'] ?? []
    );
    // Types that many groups share, DeleteOptions for one, are no objects of their own.
    const [gvk, more] = all;
    if (gvk === undefined || more !== undefined) continue;
    // What kubeconform calls the group of `v1` is `v1`.
    const file = `${gvk.group || gvk.version}_${gvk.version}_${gvk.kind.toLowerCase()}.json`;
    const used = reachable(name, definitions);
    const text = JSON.stringify({ $ref: `#/definitions/${name}`, definitions: used });
    writeFileSync(join(directory, file), text);
    kinds += 1;
  }
  return kinds;
}

/**
 * A definition that refuses what it does not name.
 *
 * @param {string} name
 * @param {Schema} schema
 * @returns {Schema}
 */
function strict(name, schema) {
  // A quantity may be written as a number.
  if (name.endsWith('.api.resource.Quantity')) return { type: ['string', 'number'] };
  if (schema['format'] === 'int-or-string') return { type: ['string', 'integer'] };
  if (schema['properties'] === undefined || schema['x-kubernetes-preserve-unknown-fields']) return schema;
  return { ...schema, additionalProperties: false };
}

/**
 * A definition, and all that it refers to.
 *
 * @param {string} name
 * @param {Record<string, Schema>} definitions
 * @returns {Record<string, Schema>}
 */
function reachable(name, definitions) {
  /** @type {Record<string, Schema>} */
  const found = {};
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found[next] !== undefined) continue;
    const schema = definitions[next] ?? {};
    found[next] = schema;
    for (const match of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) open.push(match[1] ?? '');
  }
  return found;
}
