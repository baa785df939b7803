import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import * as library from 'cdk8s-tars';
import ts from 'typescript';
import type { Block } from './pages';
import { blocksOf, pages, ROOT } from './pages';

/** What a block without imports may use beside the names of cdk8s and cdk8s-tars. */
const GIVEN: Readonly<Record<string, string>> = {
  app: 'App',
  chart: 'Chart',
  api: 'PythonApi',
  web: 'WebApp',
  db: 'Postgres',
};

const blocks = pages()
  .flatMap(blocksOf)
  .filter((block) => block.language === 'ts');

/** A block as a module: names that it uses and does not declare itself are given. */
function moduleOf({ code }: Block): string {
  if (/^import /m.test(code)) return code;
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);
  const importOf = (names: readonly string[], from: string): string =>
    `import { ${names.filter((name) => used(name) || Object.values(GIVEN).includes(name)).join(', ')} } from '${from}';`;
  const types = exportedTypes().filter(used);
  const given = Object.entries(GIVEN).filter(([name]) => !new RegExp(`\\b(const|let) ${name}\\b`).test(code));
  const lines = [
    importOf(Object.keys(cdk8s), 'cdk8s'),
    importOf(Object.keys(library), 'cdk8s-tars'),
    `import type { ${types.join(', ')} } from 'cdk8s-tars';`,
    ...given.map(([name, type]) => `declare const ${name}: ${type};`),
    'export {};',
  ];
  // On one line, so that the lines of the block keep their distance.
  return `${lines.join(' ')}\n${code}`;
}

function exportedTypes(): string[] {
  const index = ts.sys.readFile(join(ROOT, 'lib/index.ts')) ?? '';
  return [...index.matchAll(/export type \{([^}]*)\}/g)].flatMap((match) => (match[1] ?? '').match(/\w+/g) ?? []);
}

function compile(): Map<string, string[]> {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    { noUnusedLocals: false, noUnusedParameters: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (config === undefined) throw new Error('tsconfig.json cannot be read');
  const sources = new Map(blocks.map((block, index) => [join(ROOT, `block-${index}.ts`), moduleOf(block)]));
  const host = ts.createCompilerHost(config.options);
  host.fileExists = (file) => sources.has(file) || ts.sys.fileExists(file);
  host.readFile = (file) => sources.get(file) ?? ts.sys.readFile(file);
  const program = ts.createProgram([...sources.keys()], config.options, host);
  return new Map(
    [...sources.keys()].map((file, index) => {
      const source = program.getSourceFile(file);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [String(index), found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'))];
    }),
  );
}

describe('the TypeScript in the documentation', () => {
  let errors: ReadonlyMap<string, string[]>;

  beforeAll(() => {
    errors = compile();
  });

  test.each(blocks.map((block, index) => [`${block.page}:${block.line}`, String(index)]))('%s compiles', (_, index) => {
    expect(errors.get(index)).toEqual([]);
  });
});
