// Writes the parts of docs/ that repeat facts of the sources, so that they cannot get old.
//   node .ci/docs.mjs           writes them            (npm run docs)
//   node .ci/docs.mjs --check   says which are not fresh, and fails; a test does this
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from './docs-pages.mjs';
import { constants, interfaces } from './docs-source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const NOTE = '<!-- Made by `npm run docs` from the sources. -->';

/** What a code's first digits mean. */
const GROUPS = {
  1: 'The properties of one construct',
  2: 'The system as a whole',
  3: 'Warnings and notices',
  4: 'Secrets',
  5: 'The run itself',
  61: 'Proofs: what the API server accepts',
  62: 'Proofs: capacity',
  63: 'Proofs: who reaches whom',
  64: 'Proofs: the two targets agree',
  65: 'Proofs: security',
  66: 'Upgrades',
  67: 'Files of the output, and waivers',
  70: 'Operations on a cluster',
  71: 'Autoscaling',
  73: 'A running system: `tars doctor`',
};

const RULES = 'docs/rules';
const all = rules(NOTE);
/** Whole files. */
const files = {
  'docs/errors.md': errors(),
  'docs/reference.md': reference(),
  ...Object.fromEntries(all.map(({ code, page }) => [`${RULES}/${code}.md`, page])),
};
/** Pages of rules that are gone. */
const gone = (existsSync(join(root, RULES)) ? readdirSync(join(root, RULES)) : [])
  .map((name) => `${RULES}/${name}`)
  .filter((file) => files[file] === undefined);
/** Parts of files that are written by hand, between two marks. */
const parts = { 'docs/kubernetes.md': { versions: versions() }, 'docs/images.md': { images: images() } };

const fresh = { ...files };
for (const [file, blocks] of Object.entries(parts)) {
  fresh[file] = Object.entries(blocks).reduce((text, [name, block]) => fill(file, text, name, block), read(file));
}
const stale = [
  ...Object.entries(fresh).filter(([file, text]) => read(file) !== text),
  ...gone.map((file) => [file, undefined]),
];
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not fresh: run \`npm run docs\``);
  if (stale.length > 0) process.exitCode = 1;
} else {
  mkdirSync(join(root, RULES), { recursive: true });
  for (const [file, text] of stale) {
    if (text === undefined) rmSync(join(root, file));
    else writeFileSync(join(root, file), text);
  }
  console.log(stale.length === 0 ? 'nothing changed' : `written: ${stale.map(([file]) => file).join(', ')}`);
}

function errors() {
  const groups = Object.entries(GROUPS).filter(([digits]) => all.some(({ code }) => code.startsWith(`TARS${digits}`)));
  const sections = groups.map(([digits, title]) => {
    const rows = all
      .filter(({ code }) => code.startsWith(`TARS${digits}`))
      .map(({ code, severity, title: text, remedy }) => [
        `<a id="${code.toLowerCase()}"></a>[\`${code}\`](rules/${code}.md)`,
        severity,
        text,
        remedy,
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
  const types = interfaces(/(Props|Settings|Options|Result)$/);
  const silent = types.flatMap(({ name, properties }) =>
    properties.filter((one) => one.comment === '').map((one) => `${name}.${one.name}`),
  );
  if (silent.length > 0) throw new Error(`say in a comment what these are: ${silent.join(', ')}`);
  const known = new Set(types.map(({ name }) => name));
  const sections = types.map(({ name, comment, bases, properties }) => {
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
