import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessProject } from './process-project';

const MAIN = readFileSync(join(__dirname, '..', '..', 'main.ts'), 'utf8');
const IMPORTS = "import { App, Chart } from 'cdk8s';\nimport { Service, TarsChart } from 'cdk8s-tars';\n";
const SMALL = `${IMPORTS}const app = new App();
new Service(new Chart(app, 'shop'), 'api', { image: 'nginx:1.29.2' });
`;

let project: ProcessProject;

beforeEach(() => {
  project = new ProcessProject();
});
afterEach(() => {
  project.remove();
});

describe('the program', () => {
  test('two runs: the second one changes nothing, and bundles nothing', () => {
    project.write('main.ts', MAIN);
    const first = project.spawn(['synth']);
    expect([first.exitCode, first.stdout.includes('created')]).toEqual([0, true]);
    const bundles = project.cached();
    const before = bundles.map((file) => statSync(project.path(file)).mtimeMs);
    const second = project.spawn(['synth']);
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toMatch(/^nothing changed/);
    expect(project.cached().map((file) => statSync(project.path(file)).mtimeMs)).toEqual(before);
  });

  test('in a pipe: no colours, no progress', () => {
    project.write('main.ts', SMALL + 'export default app;\n');
    const { stdout, stderr } = project.spawn(['synth']);
    expect(stdout + stderr).not.toContain('\u001B');
    expect(stderr).not.toContain('…');
  });

  test.each([
    [0, ['synth', '--no-secrets'], SMALL + 'export default app;\n'],
    [1, ['synth', '--check'], SMALL + 'export default app;\n'],
    [1, ['check'], SMALL.replace('nginx:1.29.2', 'nginx') + 'export default app;\n'],
    [2, ['synth', '--nonsense'], ''],
    [4, ['secrets', 'set', 'NOBODY'], SMALL + 'export default app;\n'],
  ])('exit code %i: tars %j', (expected, argv, main) => {
    project.write('main.ts', main);
    expect(project.spawn(argv).exitCode).toBe(expected);
  });

  test('a value from standard input', () => {
    project.write('main.ts', MAIN);
    expect(project.spawn(['secrets', 'set', 'OPENAI_API_KEY'], {}, 'sk-1\n').exitCode).toBe(0);
    expect(project.read('secrets/cluster.env')).toContain("OPENAI_API_KEY='sk-1'\n");
    expect(project.mode('secrets/cluster.env')).toBe('600');
  });

  test('variables that steer cdk8s change no byte, and are named', () => {
    project.write('main.ts', MAIN);
    project.spawn(['synth', '--no-secrets']);
    const before = project.files();
    const steering = {
      CDK8S_DISABLE_SORT: '1',
      CDK8S_LEGACY_HASH: '1',
      CDK8S_OUTDIR: 'elsewhere',
      CDK8S_RECORD_CONSTRUCT_METADATA: 'true',
    };
    const { stderr, stdout } = project.spawn(['synth', '--no-secrets'], steering);
    expect(stdout).toMatch(/^nothing changed/);
    expect(project.files()).toEqual(before);
    for (const name of Object.keys(steering)) expect(stderr).toContain(`warning: ${name} is set, and ignored`);
  });

  test('completion: what the Tab key asks for', () => {
    const { stdout } = project.spawn(['complete', '--', 'secrets', '']);
    expect(stdout).toContain('init\tmake the values that are missing\n');
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const script = project.spawn(['completion', shell]);
      expect(script.exitCode).toBe(0);
      expect(script.stdout).toMatch(/tars complete '?--/);
    }
  });
});

/** With the cache, a pack is run where there can be one; without it, each file is loaded by itself. */
describe.each(['on', 'off'])('main files, TARS_CACHE=%s', (cache) => {
  beforeEach(() => {
    project.env = { TARS_CACHE: cache };
  });
  const ESM = SMALL + 'export default app;\n';

  test.each([
    ['TypeScript, CommonJS', 'commonjs', 'main.ts', ESM],
    ['TypeScript, ES module', 'module', 'main.ts', ESM],
    ['main.mts', 'commonjs', 'main.mts', ESM],
    ['main.cts', 'module', 'main.cts', ESM],
    ['JavaScript, ES module', 'module', 'main.js', ESM],
    ['main.mjs', 'commonjs', 'main.mjs', ESM],
    [
      'JavaScript, CommonJS',
      'commonjs',
      'main.js',
      `const { App, Chart } = require('cdk8s');
const { Service } = require('cdk8s-tars');
const app = new App();
new Service(new Chart(app, 'shop'), 'api', { image: 'nginx:1.29.2' });
module.exports = { default: app };
`,
    ],
    ['top-level await', 'module', 'main.ts', `await Promise.resolve();\n${ESM}`],
  ] as const)('%s', (_, type, file, text) => {
    project.remove();
    project = new ProcessProject(type, { TARS_CACHE: cache });
    project.write(file, text);
    const { exitCode, stderr } = project.spawn(['synth']);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect([...project.files().keys()]).toContain('dist/shop.k8s.yaml');
    expect(project.spawn(['synth']).stdout).toMatch(/^nothing changed/);
  });

  test('files of the project are bundled, and a change of any of them is seen', () => {
    project.write('lib/name.ts', "export const image: string = 'nginx:1.29.2';\n");
    project.write('lib/values.json', '{ "replicas": 2 }');
    project.write('tsconfig.json', '{ "compilerOptions": { "paths": { "@own/*": ["./lib/*"] } } }');
    project.write(
      'main.ts',
      SMALL.replace("'nginx:1.29.2'", 'image, replicas: values.replicas') +
        "import { image } from '@own/name';\nimport values from './lib/values.json';\nexport default app;\n",
    );
    expect(project.spawn(['synth'])).toMatchObject({ exitCode: 0 });
    expect(project.read('dist/shop.k8s.yaml')).toContain('replicas: 2');
    project.write('lib/values.json', '{ "replicas": 3 }');
    project.spawn(['synth']);
    expect(project.read('dist/shop.k8s.yaml')).toContain('replicas: 3');
    project.write('lib/name.ts', "export const image = 'nginx:1.29.3';\n");
    project.spawn(['synth']);
    expect(project.read('dist/shop.k8s.yaml')).toContain('nginx:1.29.3');
    // Nothing of the versions before stays.
    expect(project.cached()).toHaveLength(cache === 'on' ? 4 : 3);
  });

  test.each(['commonjs', 'module'] as const)('a file knows where it stands (%s)', (type) => {
    project.remove();
    project = new ProcessProject(type, { TARS_CACHE: cache });
    project.write('data/name.txt', 'shop');
    const own = type === 'module' ? 'import.meta.dirname' : '__dirname';
    project.write(
      'lib/name.ts',
      `import { readFileSync } from 'node:fs';\nexport const name = readFileSync(${own} + '/../data/name.txt', 'utf8');\n`,
    );
    project.write(
      'main.ts',
      SMALL.replace("'shop'", 'name') +
        `import { name } from './lib/name${type === 'module' ? '.js' : ''}';\nexport default app;\n`,
    );
    expect(project.spawn(['synth'])).toMatchObject({ exitCode: 0 });
    expect([...project.files().keys()]).toContain('dist/shop.k8s.yaml');
  });

  test('environments get directories of their own', () => {
    const main = `${SMALL}const staging = new App();
new Service(new Chart(staging, 'shop'), 'api', { image: 'nginx:1.29.3' });
export const environments = { staging };
export default app;
`;
    project.write('main.ts', main);
    project.spawn(['synth']);
    expect(project.read('dist/shop.k8s.yaml')).toContain('nginx:1.29.2');
    expect(project.read('dist/staging/shop.k8s.yaml')).toContain('nginx:1.29.3');
  });
});

describe.each(['on', 'off'])('main files that are no good, TARS_CACHE=%s', (cache) => {
  beforeEach(() => {
    project.env = { TARS_CACHE: cache };
  });

  test.each([
    ['none', undefined, 'TARS5002', 'main.ts: there is no app in this directory', /allowed: one of main\.ts, /],
    ['no export', SMALL, 'TARS5002', 'main.ts: it exports no app', /end it with `export default app;`/],
    [
      'synth in place of the export',
      `${SMALL}app.synth();\n`,
      'TARS5002',
      'main.ts: it exports no app',
      /in place of `app\.synth\(\)` end it with `export default app;`/,
    ],
    [
      'synth beside the export',
      `${SMALL}app.synth();\nexport default app;\n`,
      'TARS5003',
      'main.ts: it synthesizes while it is imported',
      /if \(require\.main === module\) app\.synth\(\)/,
    ],
    [
      'another default export',
      `${SMALL}export default new Chart(app, 'x');\n`,
      'TARS5002',
      'main.ts: its default export is no cdk8s App',
      /given: {3}an object of class Chart/,
    ],
    [
      'an environment that is no app',
      `${SMALL}export default app;\nexport const environments = { staging: 1 };\n`,
      'TARS5002',
      'main.ts: environments: "staging" is no cdk8s App',
      /given: {3}a number/,
    ],
    [
      'an environment whose name is no directory',
      `${SMALL}export default app;\nexport const environments = { 'a/b': new App() };\n`,
      'TARS5002',
      'main.ts: environments: the name of an environment becomes a directory',
      /given: {3}"a\/b"/,
    ],
    [
      'an exception',
      `${SMALL}const x: { y?: { z: number } } = {};\nexport const z = x.y!.z;\nexport default app;\n`,
      'TARS5003',
      'main.ts:6:23: the app failed while it was constructed: Cannot read properties of undefined',
      /mend that line/,
    ],
    [
      'an exception inside of a package',
      `${SMALL}new Chart(app, 'shop');\nexport default app;\n`,
      'TARS5003',
      "main.ts:5:1: the app failed while it was constructed: There is already a Construct with name 'shop'",
      /mend that line/,
    ],
    [
      'something thrown that is no error',
      `${SMALL}throw 'nonsense';\n`,
      'TARS5003',
      'main.ts: the app failed while it was constructed: it threw nonsense',
      /--debug/,
    ],
    [
      'a line that cannot be compiled',
      `${SMALL}const = 1;\n`,
      'TARS5003',
      'main.ts:5:7: it cannot be compiled: Expected identifier but found "="',
      /given: {3}const = 1;/,
    ],
    [
      'a package that is not installed',
      `${SMALL}import 'not-here';\nexport default app;\n`,
      'TARS5003',
      'main.ts:5:8: it cannot be compiled: Could not resolve "not-here"',
      /install the package, or mend the path/,
    ],
  ])('%s', (_, text, code, message, details) => {
    if (text !== undefined) project.write('main.ts', text);
    const { exitCode, stdout, stderr } = project.spawn(['synth']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`error ${code} ${message}`);
    expect(stderr).toMatch(details);
    expect(stderr).not.toMatch(/^ +at /m);
    const written = [...project.files().keys()].filter((file) => !/^(node_modules|main\.ts|package\.json)/.test(file));
    expect(written).toEqual([]);
  });

  test('every line of a bundle is traced to its own file, also from the cache', () => {
    project.write('lib/deep.ts', '\n\nexport function fail(): never {\n  throw new Error("deep");\n}\n');
    project.write('main.ts', `${SMALL}import { fail } from './lib/deep';\nfail();\n`);
    for (const attempt of ['fresh', 'cached']) {
      const { stderr } = project.spawn(['synth']);
      expect([attempt, stderr]).toEqual([attempt, expect.stringContaining('error TARS5003 lib/deep.ts:4:9: ')]);
    }
  });

  test('--debug prints the whole stack', () => {
    project.write('main.ts', `${SMALL}throw new Error('x');\n`);
    expect(project.spawn(['synth', '--debug']).stderr).toMatch(/caused by: Error: x\n +at /);
  });

  test('a file that is named and not there', () => {
    const { exitCode, stderr } = project.spawn(['synth', '--app', 'app.ts']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS5002 app.ts: there is no such file');
  });
});

describe('packs', () => {
  const isPacked = (): boolean => project.cached().some((file) => file.endsWith('.pack.cjs'));
  const packageOf = (name: string, more: object): void => {
    project.write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...more }));
    project.write(
      `node_modules/${name}/index.js`,
      "exports.image = 'nginx:1.29.2'; exports.chart = () => require('cdk8s').Chart;\n",
    );
  };
  const withPackage = (name: string): string =>
    `${SMALL.replace("'nginx:1.29.2'", 'image')}import { image } from '${name}';\nexport default app;\n`;

  test('a package of somebody else stays outside, and is found', () => {
    packageOf('other', {});
    project.write('main.ts', withPackage('other'));
    expect(project.spawn(['synth']).exitCode).toBe(0);
    expect(isPacked()).toBe(true);
    project.write('node_modules/other/index.js', "exports.image = 'nginx:1.29.4';\n");
    project.spawn(['synth']);
    expect(project.read('dist/shop.k8s.yaml')).toContain('nginx:1.29.4');
  });

  test.each([
    ['a package that itself needs cdk8s', withPackage('theirs')],
    [
      'a file that is only known when it runs',
      `${SMALL}import { join } from 'node:path';\nvoid import(join(__dirname, 'part.cjs'));\nexport default app;\n`,
    ],
  ])('%s: no pack, and the run is the same', (_, main) => {
    packageOf('theirs', { peerDependencies: { cdk8s: '*' } });
    project.write('part.cjs', '');
    project.write('main.ts', main);
    for (const expected of [/created/, /^nothing changed/]) {
      const { exitCode, stdout } = project.spawn(['synth']);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(expected)]);
    }
    expect(isPacked()).toBe(false);
  });

  test('one that was compiled before still loads what it seldom needs', () => {
    project.write(
      'main.ts',
      `${IMPORTS}const app = new App();\nnew TarsChart(app, 'tars', { tls: { selfSigned: true } });\nexport default app;\n`,
    );
    for (const run of [1, 2, 3]) {
      const argv = ['secrets', 'init', ...(run === 1 ? [] : ['--renew-certificate'])];
      const { exitCode, stderr } = project.spawn(argv);
      expect([run, exitCode, stderr]).toEqual([run, 0, expect.not.stringContaining('error')]);
    }
    expect(isPacked()).toBe(true);
  });

  test('one that was damaged, or is of another configuration, is made anew', () => {
    project.write('main.ts', SMALL + 'export default app;\n');
    project.spawn(['synth']);
    const [pack = ''] = project.cached().filter((file) => file.endsWith('.pack.cjs'));
    project.write(`${pack}.v8`, 'damaged');
    expect(project.spawn(['synth']).stdout).toMatch(/^nothing changed/);
    project.write('tsconfig.json', '{ "compilerOptions": { "target": "es2020" } }');
    expect(project.spawn(['synth']).stdout).toMatch(/^nothing changed/);
    expect(project.cached().filter((file) => file.endsWith('.pack.cjs'))).toHaveLength(1);
  });

  test('a project that cannot be written to runs all the same', () => {
    project.write('main.ts', SMALL + 'export default app;\n');
    project.write('node_modules/.cache', 'a file where a directory should be');
    expect(project.spawn(['check']).exitCode).toBe(0);
  });

  test('writes the same files as a run without it', () => {
    project.write('main.ts', MAIN);
    project.spawn(['synth', '--no-secrets'], { TARS_CACHE: 'off' });
    expect(project.spawn(['synth', '--no-secrets', '--check']).exitCode).toBe(0);
    expect(isPacked()).toBe(true);
  });
});
