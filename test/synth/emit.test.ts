import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { emitManifest, isMisread } from '../../lib/synth/emit';

/** Texts that one reader or another takes for something else, or that have a form of their own. */
const TRICKY = [
  ...['yes', 'No', 'on', 'y', 'Y', 'null', '~', '', 'true', 'NaN', '.inf', 'E0', 'e1', 'e-7'],
  ...['0x1', '1e3', '22:22', '012', '0b1', '.5', '1.', '+1', '1_000', '2001-01-01', '1:2:3'],
  ...[
    '-',
    '- x',
    '? x',
    '=',
    '<<',
    '!x',
    '&a',
    '*a',
    '%x',
    '@x',
    '`x',
    '#x',
    'a #b',
    'a: b',
    'a:',
    '{a}',
    '[a]',
    'a,b',
  ],
  ...["it's", '"q"', ' a', 'a ', 'a\nb', '\n', 'a\n', '\t', 'http://x:1', 'tars:1', 'x'.repeat(200), 'a b '.repeat(60)],
];

/** Texts that stock cdk8s does not quote, or not enough. */
const MISREAD = [
  '\ta\nb',
  '\n\ta',
  ' \n',
  '\n  \n',
  '-_4',
  '0o7',
  '0o7_',
  '+_.5',
  'a\u0085b',
  '\u2028',
  'two\nlines\u2029',
  '\u0001',
  '\ufeff',
];

const text = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 30 }), fc.constantFrom(...TRICKY))
  // These are quoted where stock cdk8s errs.
  .filter((value) => !isMisread(value));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('emitManifest', () => {
  it('writes byte for byte what cdk8s writes', () => {
    fc.assert(
      fc.property(fc.dictionary(text, json, { maxKeys: 6 }), (object) => {
        expect(emitManifest(object)).toBe(Yaml.stringify(object));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(MISREAD)('quotes and escapes %j, which Kubernetes would take for something else', (misread) => {
    const text = emitManifest({ value: misread });
    expect(text).toMatch(/^value: "[\x20-\x7e]*"\n$/);
    expect(JSON.parse(text.slice('value: '.length))).toBe(misread);
  });

  it.each([['---'], ['...'], [0.5], [1e21], [null], [[['a'], ['b', ['c']]]], ['two\nlines']])(
    'quotes such a text beside %j as well',
    (other) => {
      expect(emitManifest({ other, value: '0o7' })).toBe(`${Yaml.stringify({ other })}value: "0o7"\n`);
    },
  );

  it.each(TRICKY)('writes %j as cdk8s does, as a value, in a list and as a key', (tricky) => {
    const object = { value: tricky, list: [tricky], map: { [tricky]: tricky }, maps: [{ [tricky]: tricky }] };
    expect(emitManifest(object)).toBe(Yaml.stringify(object));
  });
});
