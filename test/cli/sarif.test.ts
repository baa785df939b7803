import { ApiObject, JsonPatch } from 'cdk8s';
import { sarifSchema } from '../support/sarif-schema';
import { serviceApp, tarsApp } from './apps';
import type { Exported } from './fake-io';
import { useProject } from './fake-io';

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean; readonly exitCode: number }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly suppressions?: readonly { readonly justification: string }[];
    }[];
  }[];
}

const project = useProject();
const violations = sarifSchema();

/** The log of `tars check`, and what was found, each as `level code file:line`. */
async function logOf(
  make: () => Exported,
  argv: readonly string[] = [],
): Promise<{ exitCode: number; run: Log['runs'][number]; found: string[] }> {
  const { exitCode, stdout } = await project().tars(make, ['check', '-o', 'sarif', ...argv]);
  const log = JSON.parse(stdout) as Log;
  expect(violations(log)).toEqual([]);
  const [run] = log.runs;
  if (run === undefined) throw new Error('the log has no run');
  const found = run.results.map(({ ruleId, level, locations }) => {
    const { artifactLocation, region } = locations[0]?.physicalLocation ?? {};
    return `${level} ${ruleId} ${artifactLocation?.uri ?? ''}:${region?.startLine ?? 0}`;
  });
  return { exitCode, run, found };
}

/** The stack, with the frontend's Service under the backend's name. */
function patched(): Exported {
  const exported = tarsApp()();
  const objects = exported.app.node.findAll().filter((c): c is ApiObject => ApiObject.isApiObject(c));
  objects
    .find((one) => one.kind === 'Service' && one.name === 'tars-frontend')
    ?.addJsonPatch(JsonPatch.replace('/metadata/name', 'tars-backend'));
  return exported;
}

describe('tars check -o sarif', () => {
  test('the schema refuses what is no log', () => {
    expect(violations({ version: '2.0.0', runs: [] })).not.toEqual([]);
    expect(violations({ version: '2.1.0', runs: [{ tool: {} }] })).not.toEqual([]);
  });

  test('warnings and notices of a good model: at the main file, with their rules', async () => {
    const { exitCode, run, found } = await logOf(tarsApp());
    expect(exitCode).toBe(0);
    expect(found).toEqual(expect.arrayContaining(['warning TARS3001 main.ts:1', 'note TARS3005 main.ts:1']));
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run.invocations).toEqual([{ executionSuccessful: true, exitCode: 0 }]);
  });

  test('an object that is wrong: at its line of the manifest', async () => {
    const { exitCode, found } = await logOf(patched, ['--only', 'objects']);
    expect([exitCode, found.length]).toEqual([1, 1]);
    const [, file = '', line] = /^error TARS2005 (\S+):(\d+)$/.exec(found[0] ?? '') ?? [];
    const { output } = await written(patched);
    expect(file).toBe('dist/tars.k8s.yaml');
    expect(output.split('\n').slice(Number(line) - 1, Number(line) + 3)).toEqual([
      'apiVersion: v1',
      'kind: Service',
      'metadata:',
      expect.any(String),
    ]);
  });

  test('what is waived is suppressed, with its reason', async () => {
    const reason = 'one node, and we know it';
    project().write(
      'tars.waivers.yaml',
      `waivers:\n  - { tool: tars, rule: TARS3001, object: tars/backend, reason: "${reason}" }\n`,
    );
    const { run } = await logOf(tarsApp());
    const suppressed = run.results.filter(({ suppressions }) => suppressions !== undefined);
    expect(suppressed.map(({ ruleId, suppressions }) => [ruleId, suppressions?.[0]?.justification])).toEqual([
      ['TARS3001', reason],
    ]);
  });

  test('an app that does not load: a log all the same', async () => {
    const { exitCode, run, found } = await logOf(() => {
      throw new Error('no');
    });
    expect([exitCode, found]).toEqual([1, ['error TARS5007 main.ts:1']]);
    expect(run.invocations[0]?.executionSuccessful).toBe(false);
    const wrong = await logOf(serviceApp({ image: 'nginx:latest' }));
    expect([wrong.exitCode, wrong.found]).toEqual([1, ['error TARS1008 main.ts:1']]);
  });
});

/** What stock cdk8s writes of the app, mistakes and all. */
async function written(make: () => Exported): Promise<{ output: string }> {
  const { app } = make();
  const { subjectOf } = await import('../../lib/synth.js');
  const { emitManifest } = await import('../../lib/synth/emit.js');
  return {
    output: subjectOf(app)
      .emitted.manifests.map(({ object }) => emitManifest(object))
      .join('---\n'),
  };
}
