// Reads the facts that the documentation repeats from the sources, by the TypeScript compiler.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** @type {import('typescript')} */
const ts = createRequire(import.meta.url)('typescript');

/** @typedef {import('typescript').Node} Node */

/** @param {string} file */
function parse(file) {
  return ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2023, true);
}

const trees = new Map();

/** A source file, parsed once. */
export function syntaxTree(file) {
  if (!trees.has(file)) trees.set(file, parse(file));
  return trees.get(file);
}

/** All files of lib/, sorted. */
export function sources() {
  return readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
    .sort();
}

/** @param {Node} node @param {(node: Node) => void} visit */
function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Visits every node, with the compiler and what a declaration's comment says. */
export function walkWith(tree, visit) {
  walk(tree, (node) => visit(node, ts, (declaration) => comment(declaration).comment.trim()));
}

/**
 * A constant that is an object literal: its properties, with their comments.
 * @param {string} file @param {string} name
 * @returns {{ name: string, value: string, comment: string, see: string | undefined }[]}
 */
export function constants(file, name) {
  const found = [];
  walk(parse(file), (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== name || node.initializer === undefined) return;
    const literal = ts.isAsExpression(node.initializer) ? node.initializer.expression : node.initializer;
    if (!ts.isObjectLiteralExpression(literal)) return;
    for (const property of literal.properties) {
      if (!ts.isPropertyAssignment(property)) continue;
      const { initializer } = property;
      const value = ts.isStringLiteralLike(initializer) ? initializer.text : initializer.getText();
      found.push({ name: property.name.getText(), value, ...comment(property) });
    }
  });
  if (found.length === 0) throw new Error(`${file} has no constant ${name}`);
  return found;
}

/** The text of one property of an object literal, with `…` where something is filled in. */
export function literalText(literal, key) {
  const property = literal.properties.find((p) => ts.isPropertyAssignment(p) && p.name.getText() === key);
  return property === undefined ? undefined : textOf(property.initializer);
}

/** A text with `…` where something is filled in; undefined: it is no text. */
export function textOf(value) {
  if (ts.isAsExpression(value) || ts.isParenthesizedExpression(value)) return textOf(value.expression);
  if (ts.isStringLiteralLike(value)) return value.text;
  if (ts.isTemplateExpression(value)) {
    return [value.head.text, ...value.templateSpans.map((span) => `…${span.literal.text}`)].join('');
  }
  if (ts.isConditionalExpression(value)) {
    const [left, right] = [textOf(value.whenTrue), textOf(value.whenFalse)];
    return left === undefined || right === undefined ? (left ?? right) : `${left}, or: ${right}`;
  }
  if (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(value.left), textOf(value.right)];
    return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
  }
  return undefined;
}

/**
 * The interfaces of this name pattern that lib/index.ts exports, in the order of their names, with
 * what they inherit.
 * @param {RegExp} names
 */
export function interfaces(names) {
  const exported = [];
  walk(parse('lib/index.ts'), (node) => {
    if (ts.isExportSpecifier(node) && names.test(node.name.text)) exported.push(node.name.text);
  });
  const all = declarations();
  return exported.sort().flatMap((name) => {
    const found = all.get(name);
    return found === undefined ? [] : [{ ...found, properties: properties(found, all) }];
  });
}

/** Every exported interface of lib/, by name. */
function declarations() {
  const found = new Map();
  for (const file of sources()) {
    walk(parse(file), (node) => {
      if (!ts.isInterfaceDeclaration(node) || node.modifiers === undefined) return;
      const bases = (node.heritageClauses ?? []).flatMap((clause) =>
        clause.types.map((type) => type.expression.getText()),
      );
      const own = node.members.filter(ts.isPropertySignature).map((property) => ({
        name: property.name.getText(),
        required: property.questionToken === undefined,
        type: property.type?.getText().replace(/\s+/g, ' ') ?? '',
        ...comment(property),
      }));
      found.set(node.name.text, { name: node.name.text, bases, own, ...comment(node) });
    });
  }
  return found;
}

/** Own properties first, then inherited ones; those of the large ServiceProps are said by its name. */
function properties({ own, bases }, all) {
  const inherited = bases
    .filter((base) => base !== 'ServiceProps')
    .flatMap((base) => (all.has(base) ? properties(all.get(base), all) : []));
  return [...own, ...inherited.filter((one) => !own.some((o) => o.name === one.name))];
}

/** The comment of a declaration, on one line, and its tags. */
function comment(node) {
  const parts = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const line = (text) =>
    (ts.getTextOfJSDocComment(text) ?? '')
      .replace(/\s+/g, ' ')
      .replace(/\{@link (\S+?)\}/g, '`$1`')
      .trim();
  const tag = (name) => {
    const found = parts.flatMap((part) => part.tags ?? []).find((one) => one.tagName.text === name);
    // The compiler takes `https` of an address for a name.
    return found === undefined
      ? undefined
      : found
          .getText()
          .replace(/^@\w+\s*/, '')
          .replace(/\s*\*\/?\s*/g, ' ')
          .trim();
  };
  return { comment: parts.map((part) => line(part.comment)).join(' '), default: tag('default'), see: tag('see') };
}
