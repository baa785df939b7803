import { transformSync } from '@swc/core';
import * as ops from 'cdk8s-tars/ops';
import { runInNewContext } from 'node:vm';
import { blocksOf, pages } from './pages';

/** Runs a program of a page until it has printed so many lines. */
function linesOf(code: string, count: number): Promise<string[]> {
  const { code: program } = transformSync(code, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  return new Promise((resolve) => {
    const lines: string[] = [];
    const log = (line: string): void => {
      if (lines.push(line) === count) resolve(lines);
    };
    const require = (name: string): unknown => (name === 'cdk8s-tars/ops' ? ops : undefined);
    runInNewContext(program, { require, exports: {}, console: { log } });
  });
}

test('the program with a target of its own prints what the page says', async () => {
  const blocks = pages()
    .filter(({ path }) => path === 'docs/autoscaling.md')
    .flatMap(blocksOf);
  const at = blocks.findIndex(({ language, code }) => language === 'ts' && code.includes(': ReplicaTarget = {'));
  const [program, printed] = blocks.slice(at, at + 2);
  const expected = printed?.code.trimEnd().split('\n') ?? [];
  expect(printed?.language).toBe('text');
  expect(await linesOf(program?.code ?? '', expected.length)).toEqual(expected);
});
