// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../testbed/binaries.mjs';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { run } from '../testbed/run.mjs';
import { DOCKERFILES, MANIFESTS, unexplained } from './findings.mjs';
import { SCHEMA_FILE, writeSchemas } from './openapi-schemas.mjs';

const NOTHING = { unexplained: [], stale: [] };

describe('kube-score', () => {
  /**
   * @param {string} file
   * @returns {Promise<import('./findings.mjs').Finding[]>}
   */
  async function findingsIn(file) {
    const args = ['score', '--output-format', 'json', '--kubernetes-version', 'v1.25', file];
    const { stdout, stderr } = await run(binaryPath('kube-score'), args);
    assert.equal(stderr, '');
    const objects = JSON.parse(stdout);
    assert.ok(objects.length > 0);
    return objects.flatMap((/** @type {any} */ object) =>
      object.checks
        // 10 is "all OK"; less is a warning or an error.
        .filter((/** @type {any} */ check) => !check.skipped && check.grade < 10)
        .map((/** @type {any} */ check) => ({
          rule: check.check.id,
          object: `${object.type_meta.kind}/${object.object_meta.name}`,
          text: (check.comments ?? []).map((/** @type {any} */ { path, summary }) => `${path} ${summary}`).join('; '),
        })),
    );
  }

  test('has nothing to say about dist/ that nobody explained', async () => {
    assert.deepEqual(unexplained('kube-score', (await Promise.all(MANIFESTS.map(findingsIn))).flat()), NOTHING);
  });

  test('sees what is wrong', async (t) => {
    const found = await findingsIn(changed(t, /readOnlyRootFilesystem: true/g, 'readOnlyRootFilesystem: false'));
    const { unexplained: left } = unexplained('kube-score', found);
    assert.ok(left.some((text) => text.startsWith('container-security-context-readonlyrootfilesystem ')));
  });
});

describe('kubeconform -strict', () => {
  /** @type {import('../testbed/control-plane.mjs').ControlPlane} */
  let controlPlane;
  const schemas = mkdtempSync(join(tmpdir(), 'tars-schemas-'));

  before(async () => {
    controlPlane = await startControlPlane();
    const { stdout } = await controlPlane.kubectl(['get', '--raw', '/openapi/v2']);
    assert.ok(writeSchemas(JSON.parse(stdout), schemas) > 100);
  });
  after(async () => {
    await controlPlane?.stop();
    rmSync(schemas, { recursive: true, force: true });
  });

  /**
   * @param {readonly string[]} files
   * @returns {Promise<import('./findings.mjs').Finding[]>}
   */
  async function findingsIn(files) {
    const args = ['-strict', '-output', 'json', '-verbose', '-schema-location', join(schemas, SCHEMA_FILE), ...files];
    const { stdout } = await run(binaryPath('kubeconform'), args);
    /** @type {{ kind: string, name: string, status: string, msg: string }[]} */
    const resources = JSON.parse(stdout).resources;
    assert.ok(resources.length > 50, `${resources.length} objects were read`);
    return resources
      .filter(({ status }) => status !== 'statusValid')
      .map(({ kind, name, status, msg }) => ({ rule: status, object: `${kind}/${name}`, text: msg }));
  }

  test('has nothing to say about dist/ that nobody explained', async () => {
    assert.deepEqual(unexplained('kubeconform', await findingsIn(MANIFESTS)), NOTHING);
  });

  test('sees a field that the server does not know, and a value of another type', async (t) => {
    const unknown = await findingsIn([changed(t, /^( +)automountServiceAccountToken:/m, '$1automountServiceToken:')]);
    assert.deepEqual(
      unknown.map(({ rule }) => rule),
      ['statusInvalid'],
    );
    const type = await findingsIn([changed(t, /^( +(?:- )?)containerPort: (\d+)$/m, '$1containerPort: "x$2"')]);
    assert.deepEqual(
      type.map(({ rule }) => rule),
      ['statusInvalid'],
    );
  });
});

describe('trivy config', () => {
  /**
   * @param {readonly string[]} files
   * @returns {Promise<import('./findings.mjs').Finding[]>}
   */
  async function findingsIn(files) {
    const { code, stdout, stderr } = await run(binaryPath('trivy-config'), files);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    /** @type {{ object: string, passed: number, findings: { rule: string, message: string }[] }[]} */
    const verdicts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(verdicts.length >= files.length);
    for (const { object, passed } of verdicts) assert.ok(passed > 0, `${object} was asked nothing`);
    return verdicts.flatMap(({ object, findings }) =>
      findings.map(({ rule, message }) => ({ rule, object, text: message })),
    );
  }

  test('has nothing to say about dist/ and docker/ that nobody explained', async () => {
    assert.ok(DOCKERFILES.length > 1);
    assert.deepEqual(unexplained('trivy', await findingsIn([...MANIFESTS, ...DOCKERFILES])), NOTHING);
  });

  test('sees what is wrong', async (t) => {
    const writable = changed(t, /readOnlyRootFilesystem: true/, 'readOnlyRootFilesystem: false');
    const root = changed(t, /^USER .*$/gm, 'USER root', DOCKERFILES[0]);
    const { unexplained: left } = unexplained('trivy', await findingsIn([writable, root]));
    assert.deepEqual(left.map((text) => text.split(':')[0]).sort(), [
      'DS-0002 Dockerfile',
      'KSV-0014 StatefulSet/tars-grafana',
    ]);
  });
});

/**
 * A copy of a file with one change.
 *
 * @param {import('node:test').TestContext} t
 * @param {RegExp} pattern
 * @param {string} replacement
 * @param {string} [file] by default the manifests
 */
function changed(t, pattern, replacement, file = MANIFESTS[0] ?? '') {
  const directory = mkdtempSync(join(tmpdir(), 'tars-linters-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const before = readFileSync(file, 'utf8');
  const text = before.replace(pattern, replacement);
  assert.notEqual(text, before);
  const copy = join(directory, basename(file));
  writeFileSync(copy, text);
  return copy;
}
