import { once } from '../../lib/verify/once';

describe('once', () => {
  test('makes one thing for each key, whatever is made', () => {
    const asked: object[] = [];
    const find = once((key: object) => {
      asked.push(key);
      return asked.length === 1 ? undefined : asked.length;
    });
    const [a, b] = [{}, {}];
    expect([find(a), find(a), find(b), find(a), find(b)]).toEqual([undefined, undefined, 2, undefined, 2]);
    expect(asked).toEqual([a, b]);
  });

  test('asks again after a throw', () => {
    let calls = 0;
    const find = once((): number => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls;
    });
    const key = {};
    expect(() => find(key)).toThrow('not yet');
    expect(find(key)).toBe(2);
  });
});
