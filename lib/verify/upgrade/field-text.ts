import type { Json } from '../emitted';
import { isList, isObject } from '../read';
import type { FieldChange } from './field-changes';

/** What stands in place of a value that nobody may see. */
export const HIDDEN = '(hidden)';
const MAX_LENGTH = 120;
const MAX_LINES = 12;

/** Names of values that are likely secret, wherever they stand. */
const SENSITIVE = /(pass(word|wd|phrase)?|secret|token|credential|private[_-]?key|api[_-]?key|_key)$/i;
/** Userinfo with a password in a URL. */
const URL_PASSWORD = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;

/** A field's change as a reader wants it: one line, or the lines of a text that differ. */
export interface ShownChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Lines of a long text that differ, with `-` and `+`; empty for anything short. */
  readonly lines: readonly string[];
}

/**
 * Shows a change: values decoded (octal modes, texts by their lines), values that are secret or
 * may be never shown.
 * @param kind of the object; everything in a Secret is hidden
 */
export function showChange(kind: string, change: FieldChange): ShownChange {
  const { path, before, after } = change;
  if (isSecret(kind, change, [before, after])) {
    return { path, before: hidden(before), after: hidden(after), lines: [] };
  }
  if (typeof before === 'string' && typeof after === 'string' && (before + after).includes('\n')) {
    return { path, before: sizeOf(before), after: sizeOf(after), lines: differentLines(before, after) };
  }
  return { path, before: showField(kind, change, before), after: showField(kind, change, after), lines: [] };
}

/** One value of a field on one line. */
export function showField(kind: string, field: Pick<FieldChange, 'keys' | 'path'>, value: Json | undefined): string {
  const { keys } = field;
  if (value === undefined) return '(not stated)';
  if (isSecret(kind, field, [value])) return HIDDEN;
  const key = String(keys.at(-1) ?? '');
  if (typeof value === 'number' && (key === 'defaultMode' || key === 'mode')) return `0${value.toString(8)}`;
  if (kind === 'ConfigMap' && keys[0] === 'binaryData' && typeof value === 'string') {
    return `(${Buffer.from(value, 'base64').length} bytes)`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(cleaned(value));
  return short(withoutPasswords(text));
}

/** Members that are secret hidden, also deep inside a value that is shown as a whole. */
function cleaned(value: Json): Json {
  if (isList(value)) return value.map(cleaned);
  if (!isObject(value)) return value;
  const isEnv = typeof value['name'] === 'string' && SENSITIVE.test(value['name']);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, Json] => {
      const isLiteral = typeof inner === 'string' && ((isEnv && key === 'value') || SENSITIVE.test(key));
      return [key, isLiteral && !isReference(inner) ? HIDDEN : cleaned(inner ?? null)];
    }),
  );
}

function isSecret(
  kind: string,
  { keys, path }: Pick<FieldChange, 'keys' | 'path'>,
  values: readonly (Json | undefined)[],
): boolean {
  if (kind === 'Secret') return keys[0] === 'data' || keys[0] === 'stringData';
  const isLiteral = values.some((value) => typeof value === 'string' && !isReference(value));
  // Names of Secrets and of their keys are no secrets; the names of variables stand in the path.
  const isName = /(Name|Ref|key|name)$/.test(String(keys.at(-1) ?? ''));
  return isLiteral && !isName && path.split(/[.[\]"]+/).some((word) => SENSITIVE.test(word));
}

/** `${POSTGRES_PASSWORD:?…}` of a compose file says where a value comes from, not what it is. */
function isReference(text: string): boolean {
  return /^\$\{\w+[^}]*\}$/.test(text);
}

function hidden(value: Json | undefined): string {
  return value === undefined ? '(not stated)' : HIDDEN;
}

function withoutPasswords(text: string): string {
  return text.replace(URL_PASSWORD, `$1${HIDDEN}@`);
}

function short(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

function sizeOf(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return `(${lines} line${lines === 1 ? '' : 's'})`;
}

/** The lines between what two texts have in common at their beginning and at their end. */
function differentLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let [oldEnd, nowEnd] = [old.length, now.length];
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const marked = [
    ...old.slice(start, oldEnd).map((line) => `- ${line}`),
    ...now.slice(start, nowEnd).map((line) => `+ ${line}`),
  ].map((line) => short(withoutPasswords(hiddenLine(line))));
  if (marked.length <= MAX_LINES) return marked;
  return [...marked.slice(0, MAX_LINES), `… ${marked.length - MAX_LINES} more lines differ`];
}

/** `password: value` or `PASSWORD=value` inside of a text. */
function hiddenLine(line: string): string {
  const match = /^(.*?([\w.-]+)["']?\s*[:=]\s*)(\S.*)$/.exec(line);
  return match !== null && SENSITIVE.test(match[2] ?? '') ? `${match[1] ?? ''}${HIDDEN}` : line;
}
