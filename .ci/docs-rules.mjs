// What the sources say about each issue code: every place that makes an issue of it, with its texts, and
// the comment of the declaration around it. The pages in docs/rules/ are made of this.
import { literalText, sources, syntaxTree, walkWith } from './docs-source.mjs';

/**
 * A place in lib/ that makes an issue.
 *
 * @typedef {object} Place
 * @property {string} file from the root
 * @property {string} severity
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
        severity: text('severity') ?? 'error',
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

/** The comment of the closest function or constant around a node that has one. */
function declarationComment(node, ts, comment) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const isDeclaration = ts.isFunctionDeclaration(at) || ts.isVariableStatement(at) || ts.isMethodDeclaration(at);
    const said = isDeclaration ? comment(at) : '';
    if (said !== '') return said;
  }
  return undefined;
}
