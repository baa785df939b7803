import { firstOfEach, grouped, rememberedFor } from '../../lib/model/lookup';

const WORDS = ['ab', 'cd', 'ac', 'e'];

describe('what is looked up', () => {
  test('is computed once for each value, undefined included', () => {
    const asked: object[] = [];
    const answer = rememberedFor((value: object): string | undefined => {
      asked.push(value);
      return undefined;
    });
    const [one, other] = [{}, {}];
    expect([answer(one), answer(other), answer(one)]).toEqual([undefined, undefined, undefined]);
    expect(asked).toHaveLength(2);
  });

  test('is grouped in order, without what has no key', () => {
    const groups = grouped(WORDS, (word) => (word === 'e' ? undefined : word[0]));
    expect([...groups]).toEqual([
      ['a', ['ab', 'ac']],
      ['c', ['cd']],
    ]);
  });

  test('is the first of those with one key', () => {
    expect([...firstOfEach(WORDS, (word) => word[0] ?? '').values()]).toEqual(['ab', 'cd', 'e']);
  });
});
