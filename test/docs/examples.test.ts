import { App, Chart } from 'cdk8s';
import * as cdk8s from 'cdk8s';
import * as tars from 'cdk8s-tars';
import { runInNewContext } from 'node:vm';
import { transformSync } from '@swc/core';
import { inspect } from '../../lib/synth';
import { ROOT } from './pages';

/** Runs a program of a rule's page, as a reader would put it below `const chart = …`. */
function issuesOf(code: string): string[] {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const names = { ...cdk8s, ...tars, app, chart };
  const { code: program } = transformSync(code, { jsc: { parser: { syntax: 'typescript' } }, isModule: false });
  runInNewContext(program, names);
  return inspect(app).proofs.flatMap(({ issues }) => issues.map((issue) => issue.code));
}

test('every program of docs/rules/ triggers its rule, and there are many', async () => {
  const { EXAMPLES } = (await import(`${ROOT}/.ci/docs-examples.mjs`)) as {
    EXAMPLES: Readonly<Record<string, string>>;
  };
  const found = Object.entries(EXAMPLES).map(([code, program]) => [code, issuesOf(program)] as const);
  expect(found.filter(([code, issues]) => !issues.includes(code))).toEqual([]);
  expect(found.length).toBeGreaterThan(20);
});
