// @ts-check
// A new version's migration runs once, however many start it, before that version serves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { until } from '../../testbed/wait.mjs';
import { restored } from './changes.mjs';
import { get, kubectl, namespace } from './cluster.mjs';
import { sql } from './database.mjs';
import { nextVersion } from './images.mjs';
import { manifests, project, stackUp } from './stack.mjs';
import { undisturbed } from './undisturbed.mjs';

const tag = '0.2.0';
/** Beside the Job of the version. */
const others = 3;

describe('a new version with a migration', () => {
  before(async () => {
    // A sequence counts every run, also one that is rolled back.
    await sql('CREATE SEQUENCE migration_runs');
    await nextVersion(tag);
  });
  after(async () => {
    await kubectl(['delete', 'job', 'migrate-at-the-same-time', '--namespace', namespace, '--ignore-not-found']);
    await restored();
    await sql('DELETE FROM schema_migrations WHERE version = 2');
    await sql('DROP SEQUENCE IF EXISTS migration_runs');
  });

  test(`runs it once, though ${others} more of its kind run while three replicas start`, async () => {
    await undisturbed('new version with a migration', async () => {
      project.synth(`{ images: { tag: '${tag}' } }`);
      await kubectl(['apply', '-f', '-'], { input: JSON.stringify(manyOf(migrationJob())) });
      await stackUp();
      await until(
        'all of them are done',
        async () => {
          const { status } = await get('job', 'migrate-at-the-same-time');
          return status.succeeded === others;
        },
        { timeoutMs: 120_000, intervalMs: 500 },
      );
    });
    assert.equal(await sql('SELECT last_value, is_called FROM migration_runs'), '1|t');
    assert.equal(
      await sql('SELECT version, name FROM schema_migrations ORDER BY version DESC LIMIT 1'),
      '2|0002_next.sql',
    );
  });
});

/** @returns {any} the Job that the manifests have */
function migrationJob() {
  const objects = parseAllDocuments(readFileSync(join(manifests, 'tars.k8s.yaml'), 'utf8')).map((one) => one.toJS());
  const jobs = objects.filter(({ kind }) => kind === 'Job');
  assert.equal(jobs.length, 1);
  return jobs[0];
}

/** @param {any} job */
function manyOf({ metadata, spec, ...job }) {
  return {
    ...job,
    metadata: { ...metadata, name: 'migrate-at-the-same-time' },
    spec: { ...spec, parallelism: others, completions: others },
  };
}
