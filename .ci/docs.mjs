// Writes the parts of docs/ that repeat facts of the sources, so that they cannot get old.
//   node .ci/docs.mjs           writes them            (npm run docs)
//   node .ci/docs.mjs --check   says which are not fresh, and fails; a test does this
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REMEDIES } from './docs-remedies.mjs';
import { constants, interfaces, severities } from './docs-source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const NOTE = '<!-- Made by `npm run docs` from the sources. -->';

/** What a code's thousands mean. */
const GROUPS = {
  1: 'The properties of one construct',
  2: 'The system as a whole',
  3: 'Warnings and notices',
  4: 'Secrets',
  5: 'The run itself',
  6: 'The proofs of what was emitted',
};

/** Whole files. */
const files = { 'docs/errors.md': errors(), 'docs/reference.md': reference() };
/** Parts of files that are written by hand, between two marks. */
const parts = { 'docs/kubernetes.md': { versions: versions() }, 'docs/images.md': { images: images() } };

const fresh = { ...files };
for (const [file, blocks] of Object.entries(parts)) {
  fresh[file] = Object.entries(blocks).reduce((text, [name, block]) => fill(file, text, name, block), read(file));
}
const stale = Object.entries(fresh).filter(([file, text]) => read(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not fresh: run \`npm run docs\``);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [file, text] of stale) writeFileSync(join(root, file), text);
  console.log(stale.length === 0 ? 'nothing changed' : `written: ${stale.map(([file]) => file).join(', ')}`);
}

function errors() {
  const codes = constants('lib/model/issues.ts', 'ISSUE_CODES').sort((a, b) => (a.name < b.name ? -1 : 1));
  const severity = severities();
  const missing = codes.filter(({ name }) => REMEDIES[name] === undefined).map(({ name }) => name);
  const unknown = Object.keys(REMEDIES).filter((name) => !codes.some((code) => code.name === name));
  if (missing.length > 0) throw new Error(`.ci/docs-remedies.mjs has no row for ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Error(`.ci/docs-remedies.mjs has rows for no code: ${unknown.join(', ')}`);
  const sections = Object.entries(GROUPS).map(([digit, title]) => {
    const rows = codes
      .filter(({ name }) => name.startsWith(`TARS${digit}`))
      .map(({ name, value }) => [
        `<a id="${name.toLowerCase()}"></a>\`${name}\``,
        [...(severity.get(name) ?? ['error'])].sort().reverse().join(' or '),
        value,
        REMEDIES[name],
      ]);
    return `## ${title}\n\n${table(['code', 'severity', 'what it means', 'what to do'], rows)}`;
  });
  return `# Errors, warnings and notices

${NOTE}

Every finding has a code that never changes its meaning, a path in your model (the construct, then the
property), what was given, what is allowed, and a remedy. All findings of a run are shown together.

- An **error** stops the run: nothing is written, and the exit code is 1.
- A **warning** is about something that works and may surprise you.
- A **notice** says what one target does not do, or does only roughly.

In code they are data: \`synthesize\` returns warnings and notices in \`issues\`, and throws a \`TarsError\`
whose \`issues\` are the errors.

${sections.join('\n\n')}
`;
}

function reference() {
  const all = interfaces(/(Props|Settings|Options|Result)$/);
  const silent = all.flatMap(({ name, properties }) =>
    properties.filter((one) => one.comment === '').map((one) => `${name}.${one.name}`),
  );
  if (silent.length > 0) throw new Error(`say in a comment what these are: ${silent.join(', ')}`);
  const known = new Set(all.map(({ name }) => name));
  const sections = all.map(({ name, comment, bases, properties }) => {
    const rows = properties.map((one) => [
      `\`${one.name}\`${one.required ? ' (required)' : ''}`,
      linked(one.type, known),
      one.comment,
      byDefault(one),
    ]);
    const more = bases.includes('ServiceProps') ? '\n\nAnd everything of [ServiceProps](#serviceprops).' : '';
    return `## ${name}\n\n${comment}${more}\n\n${table(['property', 'type', 'what it says', 'default'], rows)}`;
  });
  return `# Properties

${NOTE}

Every property of every construct, from the comments that an editor shows. What the words mean is in
[the model](model.md).

${sections.join('\n\n')}
`;
}

/** A type with links to those that have a section of their own. */
function linked(type, known) {
  const name = /^(?:readonly )?(\w+)(\[\])?$/.exec(type);
  if (name !== null && known.has(name[1])) return `[\`${type}\`](#${name[1].toLowerCase()})`;
  return `\`${type}\``;
}

function byDefault({ default: text, required }) {
  if (text === undefined) return required ? '' : 'none';
  return text.startsWith('- ') ? text.slice(2) : text.startsWith('`') ? text : `\`${text}\``;
}

function versions() {
  const rows = constants('lib/model/versions.ts', 'FEATURES').map(({ value, comment, see }) => {
    const [field, ...more] = comment.split('; ');
    return [`1.${value}`, field, more.join('; ').replace(/\.$/, ''), see === undefined ? '' : `[proposal](${see})`];
  });
  return table(['from', 'field', 'why from there', 'source'], rows);
}

function images() {
  const rows = constants('lib/model/images.ts', 'IMAGES').map(({ name, value }) => [name, `\`${value}\``]);
  return table(['for', 'image'], rows);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Puts a generated block between its two marks. */
function fill(file, text, name, block) {
  const [begin, end] = [`<!-- ${name}: made by \`npm run docs\` -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} needs the lines ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${block}\n\n${text.slice(to)}`;
}

/** Text with the line ends that are committed. */
function read(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n') : '';
}
