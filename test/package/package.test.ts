import { load, loadAll } from 'js-yaml';
import type { ComposeFile } from '../../lib/compose/compose-file';
import { composeSchema } from '../support/compose-schema';
import { EmptyProject } from './project';
import type { Ended } from './project';

/** The same program in each way of importing: one Postgres in a plain chart. */
const COMMON_JS = `
const { App, Chart } = require('cdk8s');
const { Postgres, synthesize } = require('cdk8s-tars');
`;
const ES_MODULE = `
import { App, Chart } from 'cdk8s';
import { Postgres, synthesize } from 'cdk8s-tars';
`;
const PROGRAM = `
const app = new App();
const chart = new Chart(app, 'app', { namespace: 'app' });
const db = new Postgres(chart, 'db', { database: 'notes', storage: '5Gi' });
console.log(db.passwordKey, db.spec.name);
`;
const OURS = `console.log(synthesize(app).files.length > 0);`;
const STOCK = `app.synth();`;

const WRONG_PROPS = `
const { App, Chart } = require('cdk8s');
const { Postgres, synthesize } = require('cdk8s-tars');
const app = new App();
const chart = new Chart(app, 'app');
new Postgres(chart, 'db', { storage: '10GB', databse: 'notes' });
try {
  if (process.argv[2] === 'stock') app.synth();
  else synthesize(app);
} catch (error) {
  console.log(error.name, (error.issues ?? []).map((issue) => issue.code + ' ' + issue.path).join(', '));
  console.log(error.message);
  process.exitCode = 1;
}
`;

let project: EmptyProject;

beforeAll(() => {
  project = new EmptyProject();
});

afterAll(() => {
  project.remove();
});

/** Runs the program, and reads what it wrote beside itself. */
function run(file: string, text: string): { result: Ended; manifests: string; compose: string } {
  project.write(file, text);
  const result = project.node(file);
  const folder = file.slice(0, file.lastIndexOf('/'));
  return {
    result,
    manifests: project.read(`${folder}/dist/app.k8s.yaml`),
    compose: project.read(`${folder}/compose/docker-compose.yml`),
  };
}

describe('the tarball', () => {
  test('holds what is used, and nothing else', () => {
    const files = project.libraryFiles();
    expect(files.filter((file) => !/^(build\/(lib|imports)|docs)\//.test(file))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(files.filter((file) => file.startsWith('build/') && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['build/lib/index.js', 'build/lib/index.d.ts', 'build/lib/ops.js', 'build/lib/plus.js']),
    );
    for (const program of Object.values(project.packageJson.bin)) expect(files).toContain(program);
  });
});

describe('one construct in an empty project', () => {
  test.each([
    ['CommonJS', 'cjs/main.cjs', COMMON_JS],
    ['an ES module', 'esm/main.mjs', ES_MODULE],
  ])('from %s: its manifests and its compose half', (_, file, imports) => {
    const { result, manifests, compose } = run(file, imports + PROGRAM + OURS);
    expect(result).toEqual({ status: 0, stdout: 'DB_PASSWORD db\ntrue\n', stderr: '' });
    const objects = loadAll(manifests) as { kind: string; metadata: { name: string } }[];
    expect(objects.map((one) => `${one.kind}/${one.metadata.name}`)).toEqual([
      'ServiceAccount/app-db',
      'Service/app-db',
      'Service/app-db-headless',
      'StatefulSet/app-db',
      'NetworkPolicy/app-db',
      'NetworkPolicy/app-db-egress',
    ]);
    const composed = load(compose) as ComposeFile;
    expect(Object.keys(composed.services)).toEqual(['db']);
    expect(composeSchema()(composed)).toEqual([]);
  });

  test('stock synth writes the same manifests, and no compose file', () => {
    const ours = run('ours/main.cjs', COMMON_JS + PROGRAM + OURS);
    const stock = run('stock/main.cjs', COMMON_JS + PROGRAM + STOCK);
    expect(stock.manifests).toBe(ours.manifests);
    expect(project.files('stock')).toEqual(['dist/app.k8s.yaml', 'main.cjs']);
  });

  test('what is wrong with it is said together, and nothing is written', () => {
    project.write('wrong/main.cjs', WRONG_PROPS);
    const { status, stdout } = project.node('wrong/main.cjs');
    expect(status).toBe(1);
    expect(stdout).toContain('TarsError TARS1001 app/db.databse, TARS1010 app/db.storage');
    expect(stdout).toContain('did you mean "database"?');
    expect(project.files('wrong')).toEqual(['main.cjs']);
  });

  test('by stock synth, too', () => {
    project.write('wrong/main.cjs', WRONG_PROPS);
    const { status, stdout } = project.node('wrong/main.cjs', 'stock');
    expect(status).toBe(1);
    expect(stdout).toContain('TARS1001 app/db.databse');
    expect(stdout).toContain('TARS1010 app/db.storage');
    expect(project.files('wrong')).toEqual(['main.cjs']);
  });
});

describe('the program tars', () => {
  const MAIN = `
import { App, Chart } from 'cdk8s';
import { Postgres } from 'cdk8s-tars';

const app = new App();
new Postgres(new Chart(app, 'app'), 'db');
export default app;
`;

  test.each(['main.ts', 'main.mjs'])('synthesizes %s', (main) => {
    const folder = `program-${main.replace('.', '-')}`;
    project.write(`${folder}/${main}`, MAIN);
    const { status, stdout, stderr } = project.program('tars', folder, 'synth');
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining('dist/') as string });
    const files = project.files(folder);
    expect(files).toEqual(expect.arrayContaining(['dist/app.k8s.yaml', 'compose/docker-compose.yml', 'compose/.env']));
  });
});

describe('from TypeScript', () => {
  const CHECKED = `
export const link: EnvValue = db.endpoint.url({ scheme: 'postgresql' });
export const files: readonly FileChange[] = synthesize(app).files;
// @ts-expect-error -- a size is a text with its unit
new Postgres(chart, 'other', { storage: 5 });
`;

  test('both kinds of module compile, the types of every library checked', () => {
    const types = `import type { EnvValue, FileChange } from 'cdk8s-tars';\nexport { podsOf } from 'cdk8s-tars/plus';\nexport { ClusterManager, LoadBalancer } from 'cdk8s-tars/ops';\nexport type { ClusterClient, ExecResult, LogLine, PodInfo, ScaleResult } from 'cdk8s-tars/ops';\n`;
    const files = ['types/main.cts', 'types/main.mts'];
    for (const file of files) project.write(file, types + ES_MODULE + PROGRAM + CHECKED);
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      '--skipLibCheck',
      'false',
    ];
    expect(project.tsc('--noEmit', ...options, ...files)).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
