import { Yaml } from 'cdk8s';

/**
 * Words that stay plain, whatever reads them: a letter first, then letters, digits and the marks that
 * names, paths and images are made of, but for the words that YAML 1.1 takes for something else.
 */
const PLAIN = /^[A-Za-z/][A-Za-z0-9_./@-]*(?::[A-Za-z0-9_./@-]+)*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e\d+)$/i;

/**
 * True for texts that Kubernetes, whose reader is written in Go and passes over underscores, takes
 * for a number. cdk8s leaves some of them plain (`-_4`, `0o7`), and the API server refuses them.
 * @see https://github.com/kubernetes-sigs/yaml
 */
export function isNumberForGo(text: string): boolean {
  const digits = text.replaceAll('_', '');
  return (
    /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[0-9]+)$/.test(digits) ||
    /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(digits)
  );
}

/**
 * One manifest as YAML, byte for byte what cdk8s' own `Yaml.stringify` writes (but for texts that
 * Kubernetes would misread), and many times as fast: it knows maps, lists and plain scalars, and
 * leaves every other text to the original.
 */
export function emitManifest(object: object): string {
  const lines: string[] = [];
  if (isEmpty(object) || !emitMap(object as Record<string, unknown>, '', lines)) return Yaml.stringify(object);
  return lines.join('');
}

/** False when the object holds something whose form depends on where it stands. */
function emitMap(object: Record<string, unknown>, indent: string, lines: string[], firstIndent = indent): boolean {
  let lead = firstIndent;
  for (const key of Object.keys(object)) {
    const text = scalar(key);
    if (text === undefined || key === '' || key === '<<') return false;
    if (!emitValue(`${lead}${text}:`, object[key], indent, lines)) return false;
    lead = indent;
  }
  return true;
}

function emitValue(head: string, value: unknown, indent: string, lines: string[]): boolean {
  if (typeof value !== 'object' || value === null) {
    const text = typeof value === 'string' && BREAK.test(value) ? block(value, indent) : scalar(value);
    if (text === undefined) return false;
    lines.push(`${head} ${text}\n`);
    return true;
  }
  if (isEmpty(value)) {
    lines.push(`${head} ${Array.isArray(value) ? '[]' : '{}'}\n`);
    return true;
  }
  lines.push(`${head}\n`);
  const deeper = `${indent}  `;
  return Array.isArray(value)
    ? emitList(value, deeper, lines)
    : emitMap(value as Record<string, unknown>, deeper, lines);
}

function emitList(list: readonly unknown[], indent: string, lines: string[]): boolean {
  for (const item of list) {
    if (typeof item !== 'object' || item === null || isEmpty(item)) {
      if (!emitValue(`${indent}-`, item, indent, lines)) return false;
    } else if (Array.isArray(item)) {
      return false;
    } else if (!emitMap(item as Record<string, unknown>, `${indent}  `, lines, `${indent}- `)) return false;
  }
  return true;
}

function scalar(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  return original(value);
}

/** A text of several lines: written as the original does it, and moved to where it belongs. */
function block(value: string, indent: string): string | undefined {
  const text = Yaml.stringify({ k: value });
  if (!text.startsWith('k: ') || !text.endsWith('\n')) return undefined;
  // Lines without text are not indented.
  return text.slice(3, -1).replace(/\n(?=[^\n])/g, `\n${indent}`);
}

const BREAK = /[\n\r\u0085\u2028\u2029]/;
const originals = new Map<string, string>();

/** A text on one line, quoted as the original does it. */
function original(value: string): string | undefined {
  let text = originals.get(value);
  if (text === undefined) {
    text = Yaml.stringify(value).slice(0, -1);
    if (text === value && isNumberForGo(value)) text = JSON.stringify(value);
    originals.set(value, text);
  }
  return text.includes('\n') ? undefined : text;
}

function isEmpty(value: object): boolean {
  for (const key in value) if (Object.prototype.hasOwnProperty.call(value, key)) return false;
  return true;
}
