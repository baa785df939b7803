// Generates imports/*.ts from the pinned CRD files that imports/sources.json lists.
//   node imports/generate.mjs            write the types
//   node imports/generate.mjs --check    write nothing; exit 1 if a fresh run would differ
//   node imports/generate.mjs --fetch    first fetch the CRD files again, by Go, and verify their hashes
//   node imports/generate.mjs --fetch --pin   the same, but record new hashes: after a change of version
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { values: flags } = parseArgs({
  options: { check: { type: 'boolean' }, fetch: { type: 'boolean' }, pin: { type: 'boolean' } },
});
if (flags.pin && !flags.fetch) fail('--pin goes with --fetch');

const sourcesFile = join(here, 'sources.json');
const sources = JSON.parse(readFileSync(sourcesFile, 'utf8'));

if (flags.fetch) for (const project of sources.projects) fetchProject(project);
if (flags.pin) {
  const { format, resolveConfig } = await import('prettier');
  const style = await resolveConfig(sourcesFile);
  writeFileSync(sourcesFile, await format(JSON.stringify(sources), { ...style, filepath: sourcesFile }));
}

const generated = new Map();
for (const project of sources.projects) {
  for (const [file, text] of generate(project)) {
    if (generated.has(file)) fail(`${file} comes from two projects`);
    generated.set(file, text);
  }
}

const present = readdirSync(here).filter((file) => file.endsWith('.ts'));
const stale = present.filter((file) => !generated.has(file));
const changed = [...generated].filter(([file, text]) => !present.includes(file) || read(file) !== text);
if (flags.check) {
  for (const [file] of changed) console.error(`imports/${file} differs from a fresh run`);
  for (const file of stale) console.error(`imports/${file} is not generated any more`);
  if (changed.length + stale.length > 0) fail('run "npm run imports" and commit the result');
  console.log(`imports/: ${generated.size} files as generated`);
} else {
  for (const [file, text] of changed) writeFileSync(join(here, file), text);
  for (const file of stale) rmSync(join(here, file));
  console.log(`imports/: ${changed.length} of ${generated.size} files written, ${stale.length} removed`);
}

/** The TypeScript files of one project, by file name. */
function generate(project) {
  const crds = project.files.flatMap((entry) => definitions(entry));
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-import-'));
  try {
    // One file with all of a project, since each import rewrites its group's file; as JSON, which is
    // YAML that no reader can misread.
    writeFileSync(join(folder, 'crds.yaml'), crds.map((crd) => `---\n${JSON.stringify(crd)}\n`).join(''));
    const cli = join(dirname(require.resolve('cdk8s-cli/package.json')), 'bin', 'cdk8s');
    const args = ['import', 'crds.yaml', '--check-upgrade=false', '--no-save', '--language=typescript', '--output=out'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' }, // it sorts by the locale
    });
    if (status !== 0) fail(`cdk8s import failed for ${project.name}:\n${stdout}${stderr}`);
    return readdirSync(join(folder, 'out'))
      .sort()
      .map((file) => [file, finish(readFileSync(join(folder, 'out', file), 'utf8'), project)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The definitions of one pinned file, reduced to the versions that we emit. */
function definitions({ file, sha256, versions }) {
  const text = readFileSync(join(here, file), 'utf8');
  if (hash(text) !== sha256) fail(`imports/${file} is not the file that sources.json pins`);
  const crds = parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((crd) => crd !== null);
  for (const crd of crds) {
    const served = crd.spec.versions.filter((version) => version.served).map((version) => version.name);
    const missing = versions.filter((version) => !served.includes(version));
    if (missing.length > 0) fail(`imports/${file} does not serve ${missing.join(', ')}, only ${served.join(', ')}`);
    // The first version gets the plain class name, e.g. ExternalSecret, the next ones ExternalSecretV1Beta1.
    crd.spec.versions = versions.map((name) => crd.spec.versions.find((version) => version.name === name));
  }
  return crds;
}

function finish(text, { name, module, version }) {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  if (lines[0] === '// generated by cdk8s') lines.shift();
  const header = `// Generated by "npm run imports" from imports/crds/${name}/ (${module} ${version}). Do not edit.`;
  const body = lines.map((line) => line.trimEnd()).join('\n');
  return `${header}\n${body.replaceAll(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** Copies the CRD files of one project out of its Go module. */
function fetchProject(project) {
  const { module, version } = project;
  const { status, stdout, stderr, error } = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  if (error) fail(`--fetch needs Go: ${error.message}`);
  if (status !== 0) fail(`go mod download ${module}@${version} failed:\n${stdout}${stderr}`);
  const folder = JSON.parse(stdout).Dir;
  for (const entry of project.files) {
    const text = readFileSync(join(folder, entry.path), 'utf8');
    if (flags.pin) entry.sha256 = hash(text);
    if (hash(text) !== entry.sha256)
      fail(`${entry.path} of ${module}@${version} is not the file that sources.json pins`);
    mkdirSync(dirname(join(here, entry.file)), { recursive: true });
    writeFileSync(join(here, entry.file), text);
  }
  console.log(`fetched ${project.files.length} files of ${module}@${version}`);
}

function read(file) {
  return readFileSync(join(here, file), 'utf8');
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
