import { App, Chart } from 'cdk8s';
import * as fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { parse } from 'yaml';
import { Postgres } from '../../lib/constructs/postgres';
import { Service } from '../../lib/constructs/service';
import { escapeExpansion } from '../../lib/kubernetes/env';
import type { ServiceProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import { emitManifest } from '../../lib/synth/emit';
import { isPlainTextForGo } from '../support/compose-reader';
import type { ContainerJson, Stores } from '../support/kubelet';
import { expand, processArguments, processEnvironment } from '../support/kubelet';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [ContainerJson] } } };
}

type Read = (text: string) => Manifest;

/** Both generations of YAML: kubectl reads 1.1, most other tools 1.2. */
const READERS: readonly Read[] = [
  (text) => parse(text, { version: '1.1' }) as Manifest,
  (text) => parse(text, { version: '1.2' }) as Manifest,
  (text) => load(text, { schema: YAML11_SCHEMA }) as Manifest,
];

/** What every reader of the emitted YAML sees of one service. */
function received(props: ServiceProps, secrets: Stores['secrets'] = {}): { env: object; argv: string[] }[] {
  const chart = new Chart(new App(), 'shop');
  new Service(chart, 'web', { image: 'web:1', ...props });
  return readBack(chart, 'Deployment', secrets);
}

function readBack(chart: Chart, kind: string, secrets: Stores['secrets'] = {}): { env: object; argv: string[] }[] {
  const texts = (chart.toJson() as object[]).map(emitManifest);
  return READERS.map((read) => {
    const manifests = texts.map(read);
    const configMaps = Object.fromEntries(
      manifests.filter((m) => m.kind === 'ConfigMap').map((m) => [m.metadata.name, m.data ?? {}]),
    );
    const [container] = manifests.find((m) => m.kind === kind)?.spec.template.spec.containers ?? [{}];
    const stores = { configMaps, secrets };
    return { env: processEnvironment(container, stores), argv: processArguments(container, stores) };
  });
}

const valuesOf = (values: Readonly<Record<string, string>>): Record<string, EnvValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, EnvValue.fromValue(value)]));

/** Texts that YAML, or a kubelet, takes for something else. */
const TRICKY = [
  ...['y', 'Y', 'n', 'no', 'on', 'OFF', 'yes', 'true', 'False', 'null', '~', '', '<<', '=', '.nan', '.inf', '-.Inf'],
  ...['22:22', '190:20:30', '0777', '0o14', '1e3', '1_000', '0x1F', '0b11', '.5', '1.', '+1', '-0', '08', '2024-01-01'],
  ...['$', '$$', '$$$', '$(A)', '$$(A)', '$$$(A)', '$(K1)', '$(nobody)', '$(', '$()', '$)', '$(A', 'a$', '${A}', '$A'],
  ...['a: b', 'a #b', '# c', '- a', '? x', '!x', '&a', '*a', '@a', '`a', '%a', '{a', '[a', '|', '>', '---', '...'],
  ...['"x"', "it's", 'a\\b', 'a\nb', 'a\n', '\n', ' a', 'a ', '\ta', 'a\r\nb', '\u0085', '\u2028', '\uFEFFa', '\x7F'],
  ...['😀', '\u0001\u001B[0m', 'x'.repeat(300), 'two words '.repeat(40), 'a\n  b\n c\n\n'],
];

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...Array.from('$()AK1 \n\t"\\\':#-0o7_')), maxLength: 20 }),
  fc.constantFrom(...TRICKY),
);
/** A NUL and half a surrogate pair are refused: no process can receive them. */
const value = anyText.filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));
const variables = fc.dictionary(fc.constantFrom('A', 'B', 'K1', 'PATH', '_x', 'n', 'yes', 'Z9'), value, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
});

describe('a kubelet', () => {
  it.each([
    ['$(A)', '1'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$(nobody)', '$(nobody)'],
    ['$(A', '$(A'],
    ['a$', 'a$'],
    ['$A${A}', '$A${A}'],
    ['$$', '$'],
    ['$(A)$(A)-$(B)', '11-$(B)'],
  ])('makes of %j with A=1: %j', (input, output) => {
    expect(expand(input, { A: '1' })).toBe(output);
  });

  it('makes of an escaped text the text itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(expand(escapeExpansion(text), { A: '1', K1: '2' })).toBe(text);
      }),
    );
  });
});

describe('a process on Kubernetes', () => {
  const tricky = Object.fromEntries(TRICKY.map((text, index) => [`K${index}`, text]));

  it.each([
    ['the pod', {}],
    ['a ConfigMap', { configMapName: 'settings' }],
  ])('receives every tricky text as it was said, from %s', (_, props) => {
    for (const { env } of received({ ...props, env: valuesOf(tricky) })) expect(env).toEqual(tricky);
  });

  it('receives any text as it was said, from the pod', () => {
    fc.assert(
      fc.property(variables, (values) => {
        for (const { env } of received({ env: valuesOf(values) })) expect(env).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it('receives any text as it was said, from a ConfigMap', () => {
    fc.assert(
      fc.property(variables, (values) => {
        for (const { env } of received({ env: valuesOf(values), configMapName: 'settings' })) {
          expect(env).toEqual(values);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing plain in a manifest that a reader written in Go takes for something else', () => {
    fc.assert(
      fc.property(value, (one) => {
        const written = emitManifest({ one }).slice('one: '.length, -1);
        // A plain "<<" is a merge as a key only.
        expect(written !== one || one === '<<' || isPlainTextForGo(one)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('receives any command as it was said, whatever the variables are called', () => {
    const words = fc.array(value, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, words, variables, (entrypoint, command, values) => {
        for (const { argv } of received({ entrypoint, command, env: valuesOf(values) })) {
          expect(argv).toEqual([...entrypoint, ...command]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('receives a secret beside any text, and the text quotes nothing of it', () => {
    fc.assert(
      fc.property(value, value, (text, secret) => {
        const env = { A: EnvValue.fromValue(`$(K)${text}`), K: EnvValue.fromSecret('KEY') };
        for (const one of received({ env }, { 'shop-secrets': { KEY: secret } })) {
          expect(one.env).toEqual({ A: `$(K)${text}`, K: secret });
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a URL with a password in it (D1)', () => {
  function client(env: (db: Postgres) => Record<string, EnvValue>): ReturnType<typeof readBack> {
    const chart = new Chart(new App(), 'shop');
    const db = new Postgres(chart, 'db', { user: 'me', database: 'wares' });
    new Service(chart, 'web', { image: 'web:1', configMapName: 'web', env: env(db) });
    return readBack(chart, 'Deployment', { 'shop-secrets': { DB_PASSWORD: 'pa$$(A)word' } });
  }

  it.each<[string, (db: Postgres) => Record<string, EnvValue>]>([
    ['alone', (db) => ({ A_URL: db.urlWithPassword })],
    ['beside the password under another name', (db) => ({ A_URL: db.urlWithPassword, ZZ_PASSWORD: db.password })],
    ['beside plain variables of a ConfigMap', (db) => ({ A_URL: db.urlWithPassword, PLAIN: EnvValue.fromValue('x') })],
  ])('is complete in the process, %s', (_, env) => {
    for (const one of client(env)) {
      expect(one.env).toMatchObject({ A_URL: 'postgresql://me:pa$$(A)word@shop-db:5432/wares' });
    }
  });

  it('stands after its variable, and in no ConfigMap', () => {
    const chart = new Chart(new App(), 'shop');
    const db = new Postgres(chart, 'db');
    new Service(chart, 'web', { image: 'web:1', configMapName: 'web', env: { A_URL: db.urlWithPassword } });
    const manifests = chart.toJson() as Manifest[];
    const [container] = manifests.find((m) => m.kind === 'Deployment')?.spec.template.spec.containers ?? [{}];
    expect(container.env).toEqual([
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'DB_PASSWORD' } } },
      { name: 'A_URL', value: 'postgresql://app:$(DB_PASSWORD)@shop-db:5432/app' },
    ]);
    expect(manifests.find((m) => m.kind === 'ConfigMap')?.data).toEqual({});
  });
});
