import * as nodeFs from 'node:fs';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { subjectOf, synthesize, TarsChart } from 'cdk8s-tars';
import type { Issue } from 'cdk8s-tars';
import { readEmitted } from '../../lib/synth/read-emitted';
import type { ReadOutput } from '../../lib/synth/read-emitted';
import { MAX_FILE_MIB } from '../../lib/synth/read-text';
import type { EmittedSet, Json } from '../../lib/verify/emitted';
import { MANIFEST_PROOFS, verify } from '../../lib/verify/proofs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tars-read-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const NOTHING: EmittedSet = { kubernetesVersion: '1.25', manifests: [], compose: [] };

function read(planned: EmittedSet = NOTHING): ReadOutput {
  return readEmitted(nodeFs, { root, manifests: 'dist' }, planned);
}

const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

describe('what was written is what was proved', () => {
  test('the TARS stack, read back from the disk', () => {
    const app = new App({ outdir: join(root, 'dist') });
    new TarsChart(app, 'tars');
    synthesize(app, { root });
    const { emitted } = subjectOf(app, { root });
    const { emitted: onDisk, issues, texts } = read(emitted);
    expect(issues).toEqual([]);
    expect(onDisk).toEqual(JSON.parse(JSON.stringify(emitted)));
    expect([...texts.keys()]).toEqual(expect.arrayContaining(['dist/tars.k8s.yaml', 'compose/gateway/nginx.conf']));
  });

  test.each<Json>([
    ...['yes', 'n', 'On', '0777', '0o7', '1_000', '22:22', '1e3', '.5', '2025-11-25', '~', '<<', '=', ' a ', 'a\nb\n'],
    ...['- a', '{', '*a', '&a', '!!binary aGk=', '\t', '\n', '\u0085', '#', 'null', '', 'é', '\u{1f600}', '\ufeff'],
    ...[0, -1, 1.5, 1e21, true, null, [], {}],
  ])('the value %j', (value) => {
    const app = new App({ outdir: join(root, 'dist') });
    const spec = { value, list: [value], deep: { '0x1': value } };
    new ApiObject(new Chart(app, 'a'), 'x', { apiVersion: 'example.com/v1', kind: 'X', metadata: { name: 'x' }, spec });
    synthesize(app, { root });
    const { emitted } = subjectOf(app, { root });
    expect(read(emitted)).toMatchObject({ issues: [], emitted: JSON.parse(JSON.stringify(emitted)) as EmittedSet });
  });
});

describe('what stands in dist/ and is not as we write it', () => {
  const bomb = Array.from({ length: 12 }, (_, i) => `  k${i}: &k${i} [${`*k${i - 1}, `.repeat(9)}*k${i - 1}]\n`)
    .join('')
    .replace(/&k0 .*/, '&k0 [lol]');

  test.each<[what: string, content: string | Buffer, issues: string[]]>([
    ['broken YAML', `${GOOD}  labels: {\n`, ['error TARS6705 dist/a.yaml:6:1']],
    ['a tab', `${GOOD}\tlabels: {}\n`, ['error TARS6705 dist/a.yaml:5:1']],
    ['a key twice', `${GOOD}  name: b\n`, ['error TARS6705 dist/a.yaml:5:3']],
    ['an unknown alias', `${GOOD}data: *b\n`, ['error TARS6705 dist/a.yaml']],
    ['aliases that grow', `${GOOD}data:\n${bomb}`, ['error TARS6705 dist/a.yaml']],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(`${GOOD}data:\n  a: `), Buffer.from([0xff, 0xfe])]),
      ['error TARS6704 dist/a.yaml'],
    ],
    ['UTF-16', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), ['error TARS6704 dist/a.yaml']],
    ['nothing', '', ['notice TARS6707 dist/a.yaml']],
    ['comments alone', '# nothing\n---\n---\n', ['notice TARS6707 dist/a.yaml']],
    ['a text', 'hello\n', ['error TARS6706 dist/a.yaml:1']],
    ['a list', '- a\n', ['error TARS6706 dist/a.yaml:1']],
    ['a compose file', 'services:\n  a: { image: b }\n', ['error TARS6706 dist/a.yaml:1']],
    [
      'an object without a name',
      `---\n${GOOD}---\nkind: Pod\napiVersion: v1\nmetadata: {}\n`,
      ['error TARS6706 dist/a.yaml:7', 'warning TARS6708 ConfigMap/a'],
    ],
    ['an object of somebody else', GOOD, ['warning TARS6708 ConfigMap/a']],
    ['a byte order mark', `\ufeff${GOOD}`, ['warning TARS6708 ConfigMap/a']],
    [
      'a list of objects',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, { kind: 'Pod' }],
      }),
      ['error TARS6706 dist/a.yaml:1', 'warning TARS6708 ConfigMap/a'],
    ],
    ['an unknown kind', GOOD.replace('ConfigMap', 'ConfigMop'), ['warning TARS6708 ConfigMop/a']],
  ])('%s', (_, content, expected) => {
    put('dist/a.yaml', content);
    const { issues, emitted } = read();
    expect(issues.map(brief).sort()).toEqual([...expected].sort());
    for (const { message, remedy } of issues)
      expect([message, remedy]).toEqual([expect.stringMatching(/^[^\n]+$/), expect.any(String)]);
    // Whatever it is, proofs get through.
    expect(
      verify(
        { emitted, systems: [] },
        MANIFEST_PROOFS.map(({ name }) => name),
      ).map(({ code }) => code),
    ).not.toContain('TARS6702');
  });

  test('a list that is very deep', () => {
    put('dist/a.yaml', `${GOOD}a: ${'['.repeat(20_000)}`);
    expect(read().issues.map(brief).join()).toMatch(/^error TARS6705 dist\/a\.yaml(:5:\d+)?$/);
  });

  test('a directory, a link, a pipe: none of them is followed', () => {
    mkdirSync(join(root, 'dist/directory.yaml'), { recursive: true });
    put('elsewhere.yaml', GOOD);
    symlinkSync('../elsewhere.yaml', join(root, 'dist/link.yaml'));
    symlinkSync('loop.yaml', join(root, 'dist/loop.yaml'));
    put('dist/pipe.yaml', GOOD);
    const lstatSync = ((path: string) => {
      const stats = nodeFs.lstatSync(path);
      if (path.endsWith('pipe.yaml')) {
        stats.isFile = () => false;
        stats.isFIFO = () => true;
      }
      return stats;
    }) as typeof nodeFs.lstatSync;
    const { issues } = readEmitted({ ...nodeFs, lstatSync }, { root, manifests: 'dist' }, NOTHING);
    expect(issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'dist/directory.yaml: it is a directory, and only regular files are read',
      'dist/link.yaml: it is a symbolic link, and only regular files are read',
      'dist/loop.yaml: it is a symbolic link, and only regular files are read',
      'dist/pipe.yaml: it is a pipe, and only regular files are read',
    ]);
  });

  test('10 MB are read, more than the limit is not', () => {
    put('dist/large.yaml', `${GOOD}data:\n  a: |\n${`    ${'x'.repeat(99)}\n`.repeat(100_000)}`);
    put('dist/larger.yaml', Buffer.alloc(MAX_FILE_MIB * 1024 * 1024 + 1, '#'));
    expect(read().issues.map(brief)).toEqual(['error TARS6704 dist/larger.yaml', 'warning TARS6708 ConfigMap/a']);
  });

  test('nothing at all, and a file where the directory should be', () => {
    expect(read().issues.map(brief)).toEqual(['error TARS6703 dist']);
    put('dist', 'x');
    expect(read().issues.map(brief)).toEqual(['error TARS6704 dist']);
  });

  test('what the model makes and dist/ lacks; what Compose mounts and is not there', () => {
    const app = new App({ outdir: join(root, 'dist') });
    new TarsChart(app, 'tars');
    synthesize(app, { root });
    const { emitted } = subjectOf(app, { root });
    const path = join(root, 'dist/tars.k8s.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('kind: LimitRange', 'kind: LimitRage'));
    rmSync(join(root, 'compose/gateway/nginx.conf'));
    expect(read(emitted).issues.map(brief)).toEqual([
      'error TARS6703 compose/gateway/nginx.conf',
      'warning TARS6708 LimitRage/tars-limits',
      'error TARS6709 LimitRange/tars-limits',
    ]);
    for (const [text, given] of [
      ['- a\n', 'a list'],
      ['services: 5\n', 'a map without services'],
      ['a: b\n', 'a map without services'],
      ['5\n', 'a number'],
      ['', 'nothing'],
    ] as const) {
      put('compose/docker-compose.yml', text);
      const broken = read(emitted).issues.find(({ code }) => code === 'TARS6705');
      expect([broken?.path, broken?.given]).toEqual(['compose/docker-compose.yml', given]);
    }
    // A file that is not there is one mistake, whatever was in it.
    rmSync(path);
    const missing = read(emitted).issues.filter(({ code }) => code === 'TARS6709');
    expect(missing.map(brief)).toEqual(['error TARS6709 dist/tars.k8s.yaml']);
    expect(missing[0]?.message).toBe(
      `main.ts makes ${emitted.manifests.length} objects, and the file has none of them`,
    );
  });

  test('values of secrets are not looked at', () => {
    put('dist/tars.secrets.k8s.yaml', 'broken: [');
    put('dist/notes.txt', 'broken: [');
    expect(read()).toMatchObject({ issues: [], emitted: NOTHING });
  });

  test('no right to read', () => {
    put('dist/a.yaml', GOOD);
    chmodSync(join(root, 'dist/a.yaml'), 0);
    const denied = {
      ...nodeFs,
      readFileSync: (() => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      }) as unknown as typeof nodeFs.readFileSync,
    };
    const { issues } = readEmitted(denied, { root, manifests: 'dist' }, NOTHING);
    expect(issues).toMatchObject(
      [{ code: 'TARS6704', path: 'dist/a.yaml', message: /EACCES/ }].map((one) => ({
        ...one,
        message: expect.stringContaining('EACCES') as string,
      })),
    );
  });
});

function brief({ severity, code, path }: Issue): string {
  return `${severity} ${code} ${path}`;
}
