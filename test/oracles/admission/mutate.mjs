// Random changes of one object: a field removed, added, renamed, or given another value.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { fieldsOf, kindOf } = require('../../../build/lib/verify/admission/api.js');
const { readFieldType } = require('../../../build/lib/verify/admission/field-type.js');

const TEXTS = [
  ...['', 'x', 'Upper', 'a.b', 'a_b', 'a b', '-a', 'a-', '..', '../x', '/x', 'x/y', 'http', 'HTTP', 'tcp', 'TCP'],
  ...['10Gi', '500m', '-1', '0', '1.5', '0.0005', '100%', '101%', '-5%', '1e3', '10.0.0.0/8', '10.0.0.0/33', 'true'],
  ...['a'.repeat(16), 'a'.repeat(64), 'a'.repeat(254), '*', '*.example.org', 'Always', 'Never', 'None', 'ClientIP'],
];
const NUMBERS = [-1, 0, 1, 2, 80, 255, 512, 3601, 65535, 65536, 86401, 1.5, 2147483648, 4294967296];
const OTHERS = [true, false, null, [], {}, [''], { a: 'b' }, ['a', 'a']];

/** Not asked: where the object is sent to, and what the server writes itself. */
const SKIPPED =
  /^\.(apiVersion|kind|status|(.*\.)?metadata$|(.*\.)?metadata\.(namespace|generateName|ownerReferences|finalizers))/;
const METADATA = ['name', 'labels', 'annotations', 'finalizers'];

/**
 * One change of the object, or two now and then.
 *
 * @param {any} object
 * @param {ReturnType<typeof import('../random.mjs').randomSource>} random
 * @returns {{ object: any, what: string }}
 */
export function mutated(object, random) {
  const copy = structuredClone(object);
  const steps = [];
  for (let n = random.chance(0.1) ? 2 : 1; n > 0; n -= 1) steps.push(change(copy, random));
  return { object: copy, what: steps.join('; ') };
}

function change(object, random) {
  const places = [];
  const type = kindOf(object.apiVersion, object.kind)?.type;
  collect(object, type, '', places);
  const { parent, key, type: at, holder, path } = random.pick(places.filter(({ path: p }) => !SKIPPED.test(p)));
  const kind = random.below(10);
  if (kind < 2) {
    if (Array.isArray(parent)) parent.splice(key, 1);
    else delete parent[key];
    return `removed ${path}`;
  }
  if (kind < 3 && Array.isArray(parent)) {
    parent.push(structuredClone(parent[key]));
    return `doubled ${path}`;
  }
  if (kind < 4 && !Array.isArray(parent)) {
    const name = random.pick([`${key}s`, String(key).toLowerCase(), String(key).slice(0, -1) || 'x']);
    parent[name] = parent[key];
    if (name !== key) delete parent[key];
    return `renamed ${path} to ${name}`;
  }
  if (kind < 7 && holder !== undefined && !Array.isArray(parent)) {
    const fields = Object.entries(fieldsOf(holder) ?? {}).filter(
      ([name]) => holder !== 'meta/v1.ObjectMeta' || METADATA.includes(name),
    );
    const [field, text] = random.pick(fields);
    parent[field] = valueOf(readFieldType(text), random, 2);
    return `set ${path.replace(/[^.[]*$/, '')}${field} to ${JSON.stringify(parent[field])}`;
  }
  const given =
    at === undefined || random.chance(0.5) ? anything(random, parent[key]) : valueOf(readFieldType(at), random, 2);
  parent[key] = structuredClone(given); // some of the values are shared
  return `set ${path} to ${JSON.stringify(given)}`;
}

/** Every place of the object, with its type where the tables know it. */
function collect(value, type, path, places) {
  if (Array.isArray(value)) {
    const below = type?.startsWith('[]') ? type.slice(2) : undefined;
    value.forEach((item, index) => {
      places.push({ parent: value, key: index, type: below, path: `${path}[${index}]` });
      collect(item, below, `${path}[${index}]`, places);
    });
  } else if (typeof value === 'object' && value !== null) {
    const fields = type === undefined ? undefined : fieldsOf(type);
    for (const key of Object.keys(value)) {
      const text = fields?.[key] ?? (type?.startsWith('{}') ? type.slice(2) : undefined);
      places.push({ parent: value, key, type: text, holder: fields && type, path: `${path}.${key}` });
      collect(value[key], text === undefined ? undefined : readFieldType(text).type, `${path}.${key}`, places);
    }
  }
}

function anything(random, old) {
  if (typeof old === 'number' && random.chance(0.7)) return random.pick(NUMBERS);
  if (typeof old === 'string' && random.chance(0.7)) return random.pick(TEXTS);
  return random.pick(random.pick([TEXTS, NUMBERS, OTHERS]));
}

/** A value of a type, mostly one that could be right. */
function valueOf(field, random, depth) {
  const { type, values } = field;
  if (values !== undefined && random.chance(0.8)) return random.pick([...values.keys()]);
  if (type.startsWith('[]'))
    return Array.from({ length: random.below(3) }, () => valueOf({ type: type.slice(2) }, random, depth));
  if (type.startsWith('{}'))
    return random.chance(0.3)
      ? {}
      : { [random.pick(['a', 'cpu', 'x.y/z'])]: valueOf({ type: type.slice(2) }, random, depth) };
  switch (type) {
    case 's':
      return random.pick(TEXTS);
    case 'b':
      return random.chance(0.5);
    case 'i':
    case 'l':
      return random.pick(NUMBERS);
    case 'd':
      return 1.5;
    case 'q':
      return random.pick(['1', '500m', '1Gi', '0', '-1', 'x', '1.5']);
    case 'i|s':
      return random.pick([0, 1, 80, -1, '25%', 'http', 'x y', '101%', 70000]);
    case 't':
    case 'mt':
      return random.pick(['2026-01-01T00:00:00Z', 'yesterday']);
    case 'y':
      return random.pick(['eA==', 'x', '']);
    case 'j':
      return {};
    default:
      break;
  }
  const result = {};
  for (const [name, text] of Object.entries(fieldsOf(type) ?? {})) {
    const below = readFieldType(text);
    if (below.isRequired ? random.chance(0.9) : depth > 0 && random.chance(0.25))
      result[name] = valueOf(below, random, depth - 1);
  }
  return result;
}
