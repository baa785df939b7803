// What the Go sources of the Kubernetes API say and its OpenAPI does not: which feature gate a field
// is behind, and which values an enumeration has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} GoTypes
 * @property {Map<string, string>} gates `apps/v1 DeploymentSpec.field` → name of a feature gate
 * @property {Map<string, string[]>} enums the same key → allowed values
 */

/**
 * @param {string} directory of the module k8s.io/api
 * @param {readonly string[]} packages such as `apps/v1`
 * @param {ReadonlySet<string>} knownGates
 * @returns {GoTypes}
 */
export function readGoTypes(directory, packages, knownGates) {
  const result = { gates: new Map(), enums: new Map() };
  const values = new Map();
  const fields = [];
  for (const name of packages) {
    const file = join(directory, name, 'types.go');
    if (!existsSync(file)) continue;
    const lines = readFileSync(file, 'utf8').split('\n');
    readEnums(name, lines, values);
    fields.push(...readFields(name, lines));
  }
  for (const { key, type, comment } of fields) {
    const gate = gateOf(comment, knownGates);
    if (gate !== undefined) result.gates.set(key, gate);
    const allowed = values.get(enumKey(key.split(' ')[0], type));
    if (allowed !== undefined) result.enums.set(key, allowed);
  }
  return result;
}

/** `*ServiceType` in core/v1 → `core/v1 ServiceType`; `v1.Protocol` → `core/v1 Protocol`. */
function enumKey(home, type) {
  const bare = type.replace(/^\*|^\[\]/g, '').replace(/^\*/, '');
  return bare.includes('.') ? `core/v1 ${bare.split('.')[1]}` : `${home} ${bare}`;
}

/** Constants of the types that are marked `+enum`. */
function readEnums(name, lines, values) {
  let comment = '';
  for (const line of lines) {
    const type = /^type (\w+) string/.exec(line)?.[1];
    if (type !== undefined && /^\s*\+enum\s*$/m.test(comment)) values.set(`${name} ${type}`, []);
    comment = line.startsWith('//') ? `${comment}${line.slice(2)}\n` : '';
  }
  for (const line of lines) {
    const constant = /^(?:const)?\s+\w+\s+(\w+)\s+=\s+"([^"]*)"/.exec(line);
    if (constant) values.get(`${name} ${constant[1]}`)?.push(constant[2]);
  }
}

/** @returns {{ key: string, type: string, comment: string }[]} */
function readFields(name, lines) {
  const found = [];
  let struct;
  let comment = '';
  for (const line of lines) {
    struct = /^type (\w+) struct/.exec(line)?.[1] ?? (line.startsWith('}') ? undefined : struct);
    const text = /^\s*\/\/(.*)/.exec(line)?.[1];
    if (text !== undefined) {
      comment += `${text}\n`;
      continue;
    }
    const field = /^\s+\w+\s+(\S+)\s+`[^`]*json:"(\w+)/.exec(line);
    if (field && struct) found.push({ key: `${name} ${struct}.${field[2]}`, type: field[1], comment });
    comment = '';
  }
  return found;
}

/** The marker if there is one, else a gate that the comment names. */
function gateOf(comment, known) {
  const marked = /\+featureGate=(\w+)/.exec(comment)?.[1];
  if (marked !== undefined) return marked;
  if (!/feature.?(gate|flag)|alpha|beta/i.test(comment)) return undefined;
  return comment.match(/\b[A-Z][A-Za-z]+\b/g)?.find((word) => known.has(word));
}

/**
 * @param {string} directory of the module k8s.io/kubernetes
 * @param {number} minor
 * @returns {Map<string, boolean>} whether each gate is on, as the server comes
 */
export function readGates(directory, minor) {
  const gates = new Map();
  const folder = join(directory, 'pkg', 'features');
  for (const file of readdirSync(folder).filter((name) => /kube_features\.go$/.test(name))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name, one] of text.matchAll(/^\t(?:\w+\.)?(\w+): +\{Default: (true|false)/gm)) {
      gates.set(name, one === 'true');
    }
    for (const [, name, body] of text.matchAll(/^\t(?:\w+\.)?(\w+): \{\n((?:\t\t.*\n)+)/gm)) {
      for (const [, at, value] of body.matchAll(/MustParse\("1\.(\d+)"\), Default: (true|false)/g)) {
        if (Number(at) <= minor) gates.set(name, value === 'true');
      }
    }
  }
  return gates;
}
