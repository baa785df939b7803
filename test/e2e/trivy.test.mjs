// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binaryPath } from '../testbed/binaries.mjs';
import { run } from '../testbed/run.mjs';
import { MANIFESTS, unexplained } from './findings.mjs';

test('trivy config has nothing to say about dist/ that nobody explained', async (t) => {
  const cache = mkdtempSync(join(tmpdir(), 'tars-trivy-'));
  t.after(() => rmSync(cache, { recursive: true, force: true }));
  // Its checks are in the program; newer ones would come from the Internet.
  const args = ['config', '--format', 'json', '--quiet', '--skip-check-update', '--cache-dir', cache];
  const findings = [];
  for (const file of MANIFESTS) {
    const { code, stdout, stderr } = await run(binaryPath('trivy'), [...args, file]);
    assert.equal(code, 0, stderr);
    for (const { MisconfSummary, Misconfigurations = [] } of JSON.parse(stdout).Results ?? []) {
      assert.ok(MisconfSummary.Successes > 0);
      for (const { ID, Message } of Misconfigurations) {
        const [, kind = '', name = ''] = /(\w+) '([^']+)'/.exec(Message) ?? [];
        findings.push({ rule: ID, object: `${kind}/${name}`, text: Message });
      }
    }
  }
  assert.deepEqual(unexplained('trivy', findings), { unexplained: [], stale: [] });
});
