/**
 * Compose's own reading rules, ported from its source, so that `npm test` can ask what becomes of a
 * rendered file without the program: https://github.com/compose-spec/compose-go (template/, dotenv/)
 * and https://github.com/go-yaml/yaml (resolve.go). The end-to-end tests ask the program itself.
 */

/** What the environment holds. */
export type Lookup = Readonly<Record<string, string>>;

const REFERENCE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?](?:.*))?)\}|()))/gi;

/**
 * What Compose makes of one text.
 * @throws Error when a required variable is missing, with the file's own message
 */
export function interpolate(template: string, env: Lookup): string {
  return template.replace(REFERENCE, (substring: string) => {
    const end = firstClosingBrace(substring);
    const rest = end === -1 ? '' : substring.slice(end + 1);
    const match = new RegExp(REFERENCE.source, 'i').exec(end === -1 ? substring : substring.slice(0, end + 1));
    if (match?.[1] !== undefined) return '$';
    const braced = match?.[3];
    if (braced === undefined) return env[match?.[2] ?? ''] ?? '';
    const [, name = '', operator = '', word = ''] = /^([_a-z][_a-z0-9]*)(:?[-+?])?([^]*)$/i.exec(braced) ?? [];
    return substitute(name, operator, word, env) + interpolate(rest, env);
  });
}

function substitute(name: string, operator: string, word: string, env: Lookup): string {
  const value = env[name];
  const absent = value === undefined || (operator.startsWith(':') && value === '');
  if (operator.endsWith('?') && absent) {
    throw new Error(`required variable ${name} is missing a value: ${interpolate(word, env)}`);
  }
  if (operator.endsWith('-') && absent) return interpolate(word, env);
  if (operator.endsWith('+')) return absent ? '' : interpolate(word, env);
  return value ?? '';
}

function firstClosingBrace(text: string): number {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '}' && --open === 0) return i;
    if (text[i] === '{') {
      open++;
      i++;
    }
  }
  return -1;
}

/** Whether Go's YAML reader takes a plain scalar for something other than a text. */
export function isPlainTextForGo(text: string): boolean {
  const words = ['', '~', 'null', 'Null', 'NULL', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE', '<<'];
  if (words.includes(text) || /^(y|n|yes|no|on|off)$/i.test(text)) return false;
  if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text)) return false;
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/.test(text)) return false;
  if (!/^[-+.0-9]/.test(text)) return true;
  const digits = text.replaceAll('_', '');
  if (/^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|\d+)$/.test(digits)) return false;
  return !/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(digits);
}

/** The two generations of Compose's reader of environment files. */
export type DotenvVersion = '1.17' | '2.10';

/** What Compose makes of an environment file that assigns values only (no bare names, no `export`). */
export function readDotenv(file: string, version: DotenvVersion): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = file;
  for (;;) {
    rest = rest.replace(/^(\s|#[^\n]*(\n|$))*/, '');
    if (rest === '') return values;
    const assigned = /^([\w.[\]-]+)[^\S\n]*[=:][^\S\n]*/.exec(rest);
    if (assigned === null) throw new Error(`unexpected text: ${rest.slice(0, 20)}`);
    rest = rest.slice(assigned[0].length);
    const [value, left] = readDotenvValue(rest, values, version);
    values[assigned[1] ?? ''] = value;
    rest = left;
  }
}

function readDotenvValue(text: string, env: Lookup, version: DotenvVersion): [string, string] {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') {
    const line = /^[^\n]*/.exec(text)?.[0] ?? '';
    return [interpolate((line.split(' #')[0] ?? '').trimEnd(), env), text.slice(line.length)];
  }
  let raw = '';
  let escaped = false;
  for (let i = 1; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === quote && !escaped) {
      const value = quote === '"' ? interpolate(expandEscapes(raw), env) : raw;
      return [value, text.slice(i + 1)];
    }
    // 1.17 keeps the backslash of an escaped quote, 2.10 drops it.
    if (char === quote && version === '2.10') raw = raw.slice(0, -1);
    escaped = char === '\\' && !escaped;
    raw += char;
  }
  throw new Error('unterminated quoted value');
}

function expandEscapes(text: string): string {
  const named: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  return text.replace(/\\([abcfnrtv$"\\]|0\d{0,3})/g, (all, what: string) => {
    if (what === '$') return '$$';
    if (what === '"' || what === '\\') return what;
    return named[what] ?? all;
  });
}
