// The page of each rule, docs/rules/TARSxxxx.md: from its title, from every place in lib/ that makes the
// issue, from the table of remedies, and from programs and mutations that tests hold against its code.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES, WHY } from './docs-examples.mjs';
import { REMEDIES } from './docs-remedies.mjs';
import { places } from './docs-rules.mjs';
import { constants, literalText, root, syntaxTree, textOf, walkWith } from './docs-source.mjs';

const MUTATIONS = 'test/verify/mutations';
/** Of many places, or mutations, those that a reader sees. */
const SHOWN = 8;

/**
 * What a page and its line in the index say.
 *
 * @typedef {object} Rule
 * @property {string} code
 * @property {string} title
 * @property {string} severity
 * @property {string} remedy
 * @property {string} page the text of its page
 */

/**
 * @param {string} note first line of everything that is generated
 * @returns {Rule[]} by code
 */
export function rules(note) {
  const codes = constants('lib/model/issues.ts', 'ISSUE_CODES').sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = codes.map(({ name }) => name);
  for (const [table, rows] of Object.entries({ REMEDIES, WHY, EXAMPLES })) {
    const unknown = Object.keys(rows).filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`${table} has rows for no code: ${unknown.join(', ')}`);
  }
  const missing = names.filter((name) => REMEDIES[name] === undefined);
  if (missing.length > 0) throw new Error(`.ci/docs-remedies.mjs has no row for ${missing.join(', ')}`);
  const [made, mutations] = [places(), mutationsByCode()];
  return codes.map(({ name: code, value: title }) => {
    const found = made.get(code) ?? [];
    const severity = [...new Set(found.flatMap((place) => place.severities))].sort().reverse().join(' or ') || 'error';
    const remedy = REMEDIES[code];
    const sections = [
      `# ${code}: ${title}`,
      note,
      `Severity: **${severity}**. Made by ${list([...new Set(found.map(({ file }) => `\`${file}\``))])}.`,
      ...section('Why it matters', why(code, found)),
      ...section('What it says', said(found)),
      ...section('For example', example(code, mutations.get(code) ?? [])),
      ...section('What to do', remedy.replace(/\]\((?=[\w-]+\.md)/g, '](../')),
      '[All rules](../errors.md)',
    ];
    return { code, title, severity, remedy, page: `${sections.join('\n\n')}\n` };
  });
}

function section(title, text) {
  return text === '' ? [] : [`## ${title}`, text];
}

/** What the check says of itself, or the comment of the rule; of readers, whose comments say something else, the table. */
function why(code, found) {
  if (WHY[code] !== undefined) return WHY[code];
  const own = found.filter(({ file }) => /^lib\/(rules|verify|compose|kubernetes|synth|cli|ops\/doctor)\//.test(file));
  return [...new Set(own.flatMap((place) => (place.why === undefined ? [] : [place.why])))].slice(0, 3).join('\n\n');
}

function said(found) {
  const lines = found.flatMap(({ message, allowed }) => {
    if (message === undefined) return [];
    return [`- ${plain(message)}${allowed === undefined ? '' : `; allowed: ${plain(allowed)}`}`];
  });
  const all = [...new Set(lines)];
  const more = all.length > SHOWN ? [`- and ${all.length - SHOWN} more`] : [];
  return [...all.slice(0, SHOWN), ...more].join('\n');
}

function example(code, mutations) {
  const program = EXAMPLES[code];
  if (program !== undefined) return `\`\`\`ts\n${program}\n\`\`\``;
  return mutations
    .slice(0, SHOWN)
    .map(({ name, path }) => `- ${plain(name)}${path === undefined ? '' : `: \`${path}\``}`)
    .join('\n');
}

/** The mutations of what was emitted that a test catches, by the code that names them. */
function mutationsByCode() {
  const found = new Map();
  const files = readdirSync(join(root, MUTATIONS)).filter((name) => name.endsWith('.ts') && !name.includes('.test.'));
  for (const file of files.sort()) {
    walkWith(syntaxTree(`${MUTATIONS}/${file}`), (node, ts) => {
      const [code, name, path] = ts.isObjectLiteralExpression(node)
        ? ['code', 'name', 'path'].map((key) => literalText(node, key))
        : changeTexts(node, ts);
      if (code !== undefined && name !== undefined) found.set(code, [...(found.get(code) ?? []), { name, path }]);
    });
  }
  return found;
}

/** Code, name and path of a call `change(name, object, steps, value, [code, path])`. */
function changeTexts(node, ts) {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'change') return [];
  const [name, , , , result] = node.arguments;
  const [code, path] = result.elements;
  return [code, name, path].map(textOf);
}

/** A text of the sources in Markdown, where `<` and `*` have a meaning. */
function plain(text) {
  return text.replace(/[<*_\\]/g, '\\$&').replace(/\s+/g, ' ');
}

function list(words) {
  return words.length === 0 ? 'what it is about' : words.join(', ');
}
