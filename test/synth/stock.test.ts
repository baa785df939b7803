import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Postgres, Redis, Service, synthesize, TarsChart } from 'cdk8s-tars';
import { EnvValue } from '../../lib/model/value';

type Build = (app: App) => void;

/** What stands in a directory, by name. */
function read(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );
}

function both(
  build: Build,
  props: ConstructorParameters<typeof App>[0] = {},
): { stock: Record<string, string>; ours: Record<string, string> } {
  const root = mkdtempSync(join(tmpdir(), 'tars-stock-'));
  try {
    const stock = new App({ ...props, outdir: join(root, 'stock', 'dist') });
    build(stock);
    stock.synth();
    const ours = new App({ ...props, outdir: join(root, 'ours', 'dist') });
    build(ours);
    synthesize(ours);
    return { stock: read(stock.outdir), ours: read(ours.outdir) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const configMap = (chart: Chart, id: string): ApiObject =>
  new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', data: { yes: 'no', script: 'a\nb\n', empty: '' } });

const APPS: readonly [what: string, build: Build, props?: ConstructorParameters<typeof App>[0]][] = [
  ['the TARS stack', (app) => new TarsChart(app, 'tars')],
  [
    'two charts',
    (app) => {
      for (const id of ['a', 'b']) configMap(new Chart(app, id), 'c');
    },
  ],
  ['a chart without objects', (app) => new Chart(app, 'empty')],
  [
    'dependencies between objects',
    (app) => {
      const c = new Chart(app, 'c');
      configMap(c, 'first').addDependency(configMap(c, 'second'));
    },
  ],
  [
    'dependencies between charts',
    (app) => {
      const [a, b] = ['a', 'b'].map((id) => new Chart(app, id));
      if (a !== undefined && b !== undefined) a.addDependency(b);
      configMap(b ?? new Chart(app, 'x'), 'c');
    },
  ],
  ['nested charts', (app) => configMap(new Chart(new Chart(app, 'outer'), 'inner'), 'c')],
  [
    'objects of cdk8s-plus beside ours',
    (app) => {
      const c = new Chart(app, 'c');
      new kplus.Deployment(c, 'd', { containers: [{ image: 'x:1' }] });
      new Redis(c, 'cache');
    },
  ],
  [
    'patched objects',
    (app) => {
      const c = new Chart(app, 'c');
      const db = new Postgres(c, 'db');
      ApiObject.of(db).metadata.addAnnotation('a', 'b');
    },
  ],
  [
    'a subclass with an order of its own',
    (app) => {
      class Backwards extends TarsChart {
        public override toJson(): object[] {
          return super.toJson().reverse();
        }
      }
      new Backwards(app, 'tars');
    },
  ],
  ['another file extension', (app) => configMap(new Chart(app, 'c'), 'c'), { outputFileExtension: '.yaml' }],
  [
    'one file for each object',
    (app) => new TarsChart(app, 'tars'),
    { yamlOutputType: YamlOutputType.FILE_PER_RESOURCE },
  ],
  ['one file for the app', (app) => new TarsChart(app, 'tars'), { yamlOutputType: YamlOutputType.FILE_PER_APP }],
];

describe('synthesize beside stock app.synth()', () => {
  it.each(APPS.map(([what, build, props = {}]) => ({ what, build, props })))(
    'writes the same bytes: $what',
    ({ build, props }) => {
      const { stock, ours } = both(build, props);
      expect(ours).toEqual(stock);
    },
  );
});

describe('the same bytes', () => {
  const shop = (order: readonly string[]): Record<string, string> => {
    const root = mkdtempSync(join(tmpdir(), 'tars-order-'));
    try {
      const app = new App({ outdir: join(root, 'dist') });
      const chart = new TarsChart(app, 'tars');
      for (const name of order)
        new Service(chart, name, {
          image: `${name}:1`,
          env: { B: EnvValue.fromValue('1'), A: EnvValue.fromValue('2') },
          ports: [{ name: 'http', port: 80 }],
        });
      synthesize(app);
      return read(root);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
  const before = shop(['one', 'two', 'three']);

  it.each([[['three', 'two', 'one']], [['two', 'one', 'three']]])('whatever the order of construction: %j', (order) => {
    expect(shop(order)).toEqual(before);
  });

  it.each([
    ['TZ', 'Pacific/Kiritimati'],
    ['LANG', 'tr_TR.UTF-8'],
    ['LC_ALL', 'tr_TR.UTF-8'],
    ['HOME', '/nowhere'],
    ['NO_COLOR', '1'],
  ])('whatever %s says', (name, value) => {
    const old = process.env[name];
    process.env[name] = value;
    try {
      expect(shop(['one', 'two', 'three'])).toEqual(before);
    } finally {
      if (old === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = old;
    }
  });
});
