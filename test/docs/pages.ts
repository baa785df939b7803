import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** One page of the documentation. */
export interface Page {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A block of code in a page. */
export interface Block {
  readonly page: string;
  /** Line of its first line of code. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** The pages that we write: README, CHANGELOG, docs/ and those of the examples. */
export function pages(): Page[] {
  const nested = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
  return ['README.md', 'CHANGELOG.md', ...nested.sort()].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n'),
  }));
}

/** The fenced blocks of a page. */
export function blocksOf({ path, text }: Page): Block[] {
  const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fence)].map((match) => ({
    page: path,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));
}

/** A page without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}
