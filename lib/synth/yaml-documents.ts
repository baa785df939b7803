import type { Document, Tags } from 'yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Issue } from '../model/issues';
import type { Json } from '../verify/emitted';

/** What a YAML file says. */
export interface YamlFile {
  /** Its documents that hold something, in order. */
  readonly documents: readonly YamlDocument[];
  /** Why it cannot be read; then it has no documents. */
  readonly issues: readonly Issue[];
}

/** One document of a file. */
export interface YamlDocument {
  readonly value: Json;
  /** Line of the file that it starts at, from 1. */
  readonly line: number;
  /**
   * Line of the value at these keys, from 1; where there is none, that of the closest around it.
   * @param keys from the document down
   */
  readonly lineOf: (keys: readonly (string | number)[]) => number;
}

/** More than this are a bomb: what we write has none. */
const MAX_ALIASES = 100;

/**
 * Reads YAML as the tools do that will read it: manifests as kubectl does (YAML 1.1, but for times and
 * numbers to the base of 60, which Go's reader does not know), compose files by YAML 1.2.
 * @param file its path, for messages
 */
export function readYaml(file: string, text: string, version: '1.1' | '1.2'): YamlFile {
  const lines = new LineCounter();
  const broken = (message: string, offset: number | undefined): YamlFile => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { documents: [], issues: [brokenYaml(file, message, offset === undefined ? '' : `:${line}:${col}`)] };
  };
  try {
    const parsed = parseAllDocuments(text, {
      version,
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
      merge: true,
      customTags: (tags) => (version === '1.1' ? tags.filter((tag) => !isUnknownToGo(tag)) : tags),
    });
    if (!Array.isArray(parsed)) return { documents: [], issues: [] };
    const failed = parsed.flatMap((document) => document.errors)[0];
    if (failed !== undefined) return broken(failed.message, failed.pos[0]);
    const documents = parsed.flatMap((document): YamlDocument[] => {
      const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as Json | undefined;
      if (value === undefined || value === null) return [];
      const lineOf = (keys: readonly (string | number)[]): number => lines.linePos(offsetOf(document, keys)).line;
      return [{ value, line: lineOf([]), lineOf }];
    });
    return { documents, issues: [] };
  } catch (error) {
    if (error instanceof RangeError) return broken('it is nested too deeply to be read', undefined);
    if (error instanceof ReferenceError) return broken(error.message, undefined);
    throw error;
  }
}

/** Tags of YAML 1.1 that Go's reader leaves as texts, or does not know. */
function isUnknownToGo(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return false;
  const isSexagesimal = 'format' in tag && tag.format === 'TIME';
  return isSexagesimal || /^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/.test(tag.tag);
}

/** Where a value starts, or the closest one around it. */
function offsetOf(document: Document, keys: readonly (string | number)[]): number {
  for (let depth = keys.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(keys.slice(0, depth), true);
    const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return 0;
}

function brokenYaml(file: string, message: string, place: string): Issue {
  const first = message.split('\n')[0] ?? message;
  return {
    code: 'TARS6705',
    severity: 'error',
    path: `${file}${place}`,
    message: `the file cannot be read as YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`,
    remedy: 'mend the file, or run `tars synth`, which writes it anew',
  };
}
