import * as fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { parse } from 'yaml';
import type { ComposeFile } from '../../lib/compose/compose-file';
import { composeYaml } from '../../lib/compose/yaml';
import { isPlainTextForGo } from '../support/compose-reader';

const fileWith = (values: Record<string, string>): ComposeFile => ({
  name: 'x',
  services: { web: { image: 'x:1', environment: values } },
});

interface Read {
  readonly services: { readonly web: { readonly environment: Record<string, unknown> } };
}

/** Readers of every kind that a Compose file meets. */
const READERS: readonly (readonly [string, (text: string) => Read])[] = [
  ['YAML 1.2 (yaml)', (text) => parse(text) as Read],
  ['YAML 1.1 (yaml)', (text) => parse(text, { version: '1.1' }) as Read],
  ['YAML 1.1 (js-yaml)', (text) => load(text, { schema: YAML11_SCHEMA }) as Read],
];

const TRICKY = [
  ...['y', 'Y', 'n', 'no', 'on', 'OFF', 'yes', 'true', 'False', 'null', '~', '', '<<', '=', '.nan', '.inf', '-.Inf'],
  ...['22:22', '190:20:30', '0777', '0o14', '1e3', '1_000', '0x1F', '0b11', '.5', '1.', '+1', '-0', '08', '12e03'],
  // Numbers and times for Go's reader alone.
  ...['0_12394', '-_4', '1_e3', '0o7_', '0B0', '055_850', '2024-1-1', '2001-2-3', '2024-01-01'],
  // One that is none, for a reader of YAML 1.1.
  ...['E0', 'e-12'],
  ...['a: b', 'a #b', '# c', '- a', '? x', '!x', '&a', '*a', '@a', '`a', '%a', '{a', '[a', '|', '>', '---', '...'],
  ...['"x"', "it's", 'a\\b', 'a\nb', 'a\n', '\n', ' a', 'a ', '\ta', 'a\r\nb', '\u0085', '\u2028', '\uFEFFa', '\x7F', '😀'],
  ...['$HOME', '$$', '${X}', '$(X)', 'trailing:', ':leading', 'a\n  b\n c', '\n\na', 'a\n\n'],
];

describe('composeYaml', () => {
  test.each(READERS)('keeps every tricky text for %s', (_, read) => {
    const values = Object.fromEntries(TRICKY.map((value, index) => [`K${index}`, value]));
    expect(read(composeYaml(fileWith(values))).services.web.environment).toEqual(values);
  });

  test.each(TRICKY)('leaves nothing plain that Go could read as something else: %j', (value) => {
    const line = composeYaml(fileWith({ K: value }))
      .split('\n')
      .find((text) => text.includes('K:'));
    const scalar = line?.trim().slice('K:'.length).trim() ?? '';
    expect(/^['"|>]/.test(scalar) || isPlainTextForGo(scalar)).toBe(true);
  });

  test('leaves ordinary texts plain, so that a person can read them', () => {
    const text = composeYaml(fileWith({ A: '512M', B: '30s', C: '../app', D: 'http://backend:8000', E: '-v' }));
    expect(text).toContain("      A: 512M\n      B: 30s\n      C: ../app\n      D: http://backend:8000\n      E: -v\n");
  });

  test('keeps any text, for every reader', () => {
    const alphabet = fc.constantFrom(...Array.from('0123456789_-+.:eExXoObBtTzZ yn~#\n\'"\\$a,{}[]&*!|>%@`?=<\t\r\u0085é😀'));
    const anyText = fc.oneof(fc.string({ unit: alphabet }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anyText, (value) => {
        const text = composeYaml(fileWith({ K: value }));
        for (const [, read] of READERS) expect(read(text).services.web.environment).toEqual({ K: value });
      }),
    );
  });

  test('says at its head that it is generated, and what else is to be known', () => {
    expect(composeYaml(fileWith({}), ['one', 'two'])).toMatch(/^# Made by cdk8s-tars [^\n]*\n# one\n# two\nname: x\n/);
  });
});
