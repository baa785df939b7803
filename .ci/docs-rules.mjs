// What the sources say about each issue code: every place that makes an issue of it, with its texts, and
// the comment of the declaration around it. The pages in docs/rules/ are made of this.
import { literalText, sources, syntaxTree, walkWith } from './docs-source.mjs';

/**
 * A place in lib/ that makes an issue.
 *
 * @typedef {object} Place
 * @property {string} file from the root
 * @property {string[]} severities
 * @property {string | undefined} message with `…` for what is filled in
 * @property {string | undefined} allowed
 * @property {string | undefined} remedy
 * @property {string | undefined} why the comment of the declaration that makes it, or what the check says of itself
 */

const CODE = /^TARS\d{4}$/;

/**
 * @returns {Map<string, Place[]>} by code
 */
export function places() {
  const found = new Map();
  for (const file of sources()) {
    walkWith(syntaxTree(file), (node, ts, comment) => {
      if (!ts.isObjectLiteralExpression(node)) return;
      const text = (key) => literalText(node, key);
      const code = text('code');
      if (code === undefined || !CODE.test(code)) return;
      const place = {
        file,
        severities: severitiesOf(node, ts),
        message: text('message') ?? text('title'),
        allowed: text('allowed'),
        remedy: text('remedy'),
        why: text('why') ?? declarationComment(node, ts, comment),
      };
      found.set(code, [...(found.get(code) ?? []), place]);
    });
  }
  return found;
}

/**
 * What stands for `severity`: a text, one of two, or a parameter whose type says which; nothing is an error.
 * @throws when it is none of these: the pages would say something else than the issue
 */
function severitiesOf(literal, ts) {
  const property = literal.properties.find((one) => one.name?.getText() === 'severity');
  if (property === undefined) return ['error'];
  const text = literalText(literal, 'severity');
  if (text !== undefined) return text.split(', or: ');
  for (let at = literal.parent; ts.isShorthandPropertyAssignment(property) && at !== undefined; at = at.parent) {
    const parameter = at.parameters?.find((one) => one.name.getText() === 'severity');
    const types = parameter?.type === undefined ? [] : (parameter.type.types ?? [parameter.type]);
    const literals = types.flatMap((type) => (ts.isLiteralTypeNode(type) ? [type.literal.text] : []));
    if (literals.length > 0 && literals.length === types.length) return literals;
  }
  throw new Error(`${literal.getSourceFile().fileName}: what is the severity of ${literalText(literal, 'code')}?`);
}

/** The comment of the closest function or constant around a node that has one. */
function declarationComment(node, ts, comment) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const isDeclaration = ts.isFunctionDeclaration(at) || ts.isVariableStatement(at) || ts.isMethodDeclaration(at);
    const said = isDeclaration ? comment(at) : '';
    if (said !== '') return said;
  }
  return undefined;
}
