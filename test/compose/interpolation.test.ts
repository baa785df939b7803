import * as fc from 'fast-check';
import { escapeDollar, finish, Interpolation } from '../../lib/compose/interpolation';
import { interpolate } from '../support/compose-reader';

const KEY = { kind: 'required', name: 'KEY', mayBeEmpty: false, remedy: 'set it' } as const;

describe('Interpolation', () => {
  test.each([
    ['a required variable', [KEY], '${KEY:?set it}'],
    ['one that may be empty', [{ ...KEY, mayBeEmpty: true }], '${KEY?set it}'],
    ['one with a default', [{ kind: 'default', name: 'CPUS', value: '0' }], '${CPUS:-0}'],
    ['inside a URL', ['redis://:', KEY, '@cache/0'], 'redis://:${KEY:?set it}@cache/0'],
    ['beside a literal dollar', ['$1 ', KEY], '$$1 ${KEY:?set it}'],
    ['a remedy that would end it too soon', [{ ...KEY, remedy: 'set ${KEY}' }], '${KEY:?set __KEY_}'],
  ] as const)('%s', (_, parts, expected) => {
    expect(new Interpolation(parts).toCompose()).toBe(expected);
  });

  test('a literal text arrives as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(interpolate(escapeDollar(text), { a: 'wrong', A: 'wrong' })).toBe(text);
      }),
    );
  });

  test('literal texts around a variable arrive as they are', () => {
    const literal = fc.string({ unit: fc.constantFrom(...Array.from('${}:?-+ aKEY}\n')) });
    fc.assert(
      fc.property(literal, literal, fc.string(), (before, after, value) => {
        fc.pre(value !== '');
        const text = new Interpolation([before, KEY, after]).toCompose();
        expect(interpolate(text, { KEY: value })).toBe(before + value + after);
      }),
    );
  });

  test.each([
    ['unset', false, {}, 'required variable KEY is missing a value: set it'],
    ['empty', false, { KEY: '' }, 'required variable KEY is missing a value: set it'],
    ['unset, though it may be empty', true, {}, 'required variable KEY is missing a value: set it'],
  ])('%s: refused with the remedy', (_, mayBeEmpty, env, message) => {
    const text = new Interpolation([{ ...KEY, mayBeEmpty }]).toCompose();
    expect(() => interpolate(text, env)).toThrow(message);
  });

  test('empty where it may be: accepted', () => {
    expect(interpolate(new Interpolation([{ ...KEY, mayBeEmpty: true }]).toCompose(), { KEY: '' })).toBe('');
  });
});

describe('finish', () => {
  test('escapes every text, leaves keys, numbers and variables, drops what is undefined', () => {
    const value = {
      $key: '$value',
      list: ['$a', { deep: '$b' }],
      number: 1,
      no: undefined,
      variable: new Interpolation([KEY]),
    };
    expect(finish(value)).toEqual({
      $key: '$$value',
      list: ['$$a', { deep: '$$b' }],
      number: 1,
      variable: '${KEY:?set it}',
    });
  });
});
