import { closest } from '../model/names';
import type { Issue } from '../model/issues';
import { ISSUE_CODES, show, TarsError } from '../model/issues';
import type { Json, JsonObject } from '../verify/emitted';
import type { Waiver } from '../verify/waivers';
import { WAIVER_TOOLS } from '../verify/waivers';
import type { YamlDocument } from './yaml-documents';
import { readYaml } from './yaml-documents';

const REQUIRED = ['tool', 'rule', 'object', 'reason'] as const;
const KEYS = [...REQUIRED, 'environment'];

/**
 * Reads a file of waivers, strictly: a waiver that is misspelt would hide nothing, or too much.
 * @param text what the file holds: `waivers:` and a list of maps
 * @param file its path, for messages
 * @throws TarsError with TARS6710 for everything that is wrong with it
 */
export function readWaivers(text: string, file: string): Waiver[] {
  const { documents, issues: broken } = readYaml(file, text, '1.2');
  if (broken.length > 0)
    throw new TarsError(broken.map((issue) => ({ ...issue, code: 'TARS6710', remedy: 'mend the file' })));
  const [document, second] = documents;
  if (document === undefined) return [];
  const reader = new Reader(file, document);
  if (second !== undefined) reader.wrong([], 'there are two documents', undefined, 'one document');
  const { value } = document;
  const list = isObject(value) ? value['waivers'] : undefined;
  if (isObject(value)) {
    for (const key of Object.keys(value)) if (key !== 'waivers') reader.unknownKey([key], ['waivers']);
  }
  if (!Array.isArray(list)) {
    reader.wrong(['waivers'], 'there is no list of waivers', show(list ?? value), 'a list below `waivers:`');
  }
  const items = Array.isArray(list) ? (list as readonly Json[]) : [];
  const waivers = items.map((item, index) => reader.waiver(item, index));
  waivers.forEach((waiver, index) => {
    const first = waivers.findIndex((one) => KEYS.every((key) => key === 'reason' || one[key] === waiver[key]));
    if (first < index) reader.wrong(['waivers', index], `the same as waivers[${first}]`, undefined, 'each once');
  });
  if (reader.issues.length > 0) throw new TarsError(reader.issues);
  return waivers as unknown as Waiver[];
}

class Reader {
  public readonly issues: Issue[] = [];

  public constructor(
    private readonly file: string,
    private readonly document: YamlDocument,
  ) {}

  public waiver(item: Json, index: number): Readonly<Record<string, Json | undefined>> {
    const at = ['waivers', index];
    if (!isObject(item)) {
      this.wrong(at, 'a waiver is a map', show(item), REQUIRED.join(', '));
      return { index };
    }
    for (const key of Object.keys(item)) if (!KEYS.includes(key)) this.unknownKey([...at, key], KEYS);
    for (const key of KEYS) {
      const value = item[key];
      if (value === undefined && key === 'environment') continue;
      if (typeof value !== 'string' || value.trim() === '') {
        this.wrong([...at, key], value === undefined ? `${key} is missing` : 'not a text', given(value), 'a text');
      }
    }
    this.known([...at, 'tool'], item['tool'], WAIVER_TOOLS);
    if (item['tool'] === 'tars') this.known([...at, 'rule'], item['rule'], Object.keys(ISSUE_CODES));
    return item;
  }

  public unknownKey(keys: readonly (string | number)[], allowed: readonly string[]): void {
    const key = String(keys.at(-1));
    const meant = closest(key, allowed);
    const remedy = meant === undefined ? 'remove it' : `did you mean "${meant}"?`;
    this.wrong(keys, 'unknown key', `"${key}"`, allowed.map((one) => `"${one}"`).join(', '), remedy);
  }

  public wrong(
    keys: readonly (string | number)[],
    message: string,
    given: string | undefined,
    allowed: string,
    remedy = 'correct the file',
  ): void {
    const path = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    const place = `${this.file}:${this.document.lineOf(keys)}`;
    this.issues.push({
      code: 'TARS6710',
      severity: 'error',
      path: path === '' ? place : `${place} ${path.slice(1)}`,
      message,
      given,
      allowed,
      remedy,
    });
  }

  private known(keys: readonly (string | number)[], value: Json | undefined, allowed: readonly string[]): void {
    if (typeof value !== 'string' || value.trim() === '' || allowed.includes(value)) return;
    const meant = closest(value, allowed);
    const list = allowed.length > 10 ? 'a code of docs/rules' : allowed.map((one) => `"${one}"`).join(', ');
    const remedy = meant === undefined ? 'correct it' : `did you mean "${meant}"?`;
    this.wrong(keys, 'there is nothing of this name', show(value), list, remedy);
  }
}

function given(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : show(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
