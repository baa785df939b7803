import { Yaml } from 'cdk8s';

/**
 * Words that stay plain, whatever reads them: a letter first, then letters, digits and the marks that
 * names, paths and images are made of, but for the words that YAML 1.1 takes for something else.
 */
const PLAIN = /^[A-Za-z/][A-Za-z0-9_./@-]*(?::[A-Za-z0-9_./@-]+)*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e[-+]?\d+)$/i;

/**
 * True for texts that cdk8s does not quote, or not enough, and that Kubernetes, whose reader is
 * written in Go, takes for something else: for a number (`-_4`, `0o7`: it passes over underscores),
 * for a line break (U+0085, U+2028, U+2029), or for a mistake (control characters, and a block that
 * starts with a tab); a block of blanks alone loses them for every reader.
 * @see https://github.com/kubernetes-sigs/yaml
 */
export function isMisread(text: string): boolean {
  return (
    UNPRINTABLE.test(text) ||
    BLANK_START.test(text) ||
    (/^[-+.\d_]/.test(text) && isNumberForGo(text.replaceAll('_', '')))
  );
}

const UNPRINTABLE = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** Of several lines, and nothing before a tab or the end but blanks. */
const BLANK_START = /^(?=[^]*\n)[ \n]*\t|^\n* [ \n]*$/;

function isNumberForGo(digits: string): boolean {
  return (
    /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[0-9]+)$/.test(digits) ||
    /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(digits)
  );
}

/** A text in double quotes, with everything that is not ASCII or plainly visible escaped. */
function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
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
    const text =
      typeof value === 'string'
        ? ((value.includes('\n') ? undefined : scalar(value)) ?? block(value, indent))
        : scalar(value);
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

function emitList(list: readonly unknown[], indent: string, lines: string[], firstIndent = indent): boolean {
  let lead = firstIndent;
  for (const item of list) {
    if (typeof item !== 'object' || item === null || isEmpty(item)) {
      if (!emitValue(`${lead}-`, item, indent, lines)) return false;
    } else if (Array.isArray(item)) {
      if (!emitList(item, `${indent}  `, lines, `${lead}- `)) return false;
    } else if (!emitMap(item as Record<string, unknown>, `${indent}  `, lines, `${lead}- `)) return false;
    lead = indent;
  }
  return true;
}

function scalar(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (typeof value === 'number') {
    const isPlain = Number.isSafeInteger(value) && !Object.is(value, -0);
    return isPlain ? String(value) : Yaml.stringify(value).slice(0, -1);
  }
  if (typeof value !== 'string') return undefined;
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  return isMisread(value) ? escaped(value) : original(value);
}

/** A text that stands as a block, or would on its own: written as the original does it, and moved to where it belongs. */
function block(value: string, indent: string): string | undefined {
  if (isMisread(value)) return escaped(value);
  const text = Yaml.stringify({ k: value });
  if (!text.startsWith('k: ') || !text.endsWith('\n')) return undefined;
  // Lines without text are not indented.
  return text.slice(3, -1).replace(/\n(?=[^\n])/g, `\n${indent}`);
}

const originals = new Map<string, string>();

/** A text on one line, quoted as the original does it. */
function original(value: string): string | undefined {
  let text = originals.get(value);
  if (text === undefined) {
    text = Yaml.stringify(value).slice(0, -1);
    originals.set(value, text);
  }
  return text.includes('\n') ? undefined : text;
}

function isEmpty(value: object): boolean {
  for (const key in value) if (Object.prototype.hasOwnProperty.call(value, key)) return false;
  return true;
}
