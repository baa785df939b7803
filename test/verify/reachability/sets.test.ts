import { BlockList } from 'node:net';
import {
  ALL_ADDRESSES,
  blockAddresses,
  describeAddresses,
  isWholeFamily,
  parseAddress,
  parseCidr,
} from '../../../lib/verify/reachability/address-set';
import type { Interval } from '../../../lib/verify/reachability/intervals';
import { includes, intersect, subtract, unite } from '../../../lib/verify/reachability/intervals';

const run = (first: number, end: number): Interval<number> => ({ first, end });

describe('runs of numbers', () => {
  /** A reproducible source of numbers below a bound. */
  const numbers = (seed: number): ((below: number) => number) => {
    let state = seed;
    return (below) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
  };
  const members = (set: readonly Interval<number>[]): number[] =>
    Array.from({ length: 40 }, (_, i) => i).filter((i) => set.some(({ first, end }) => first <= i && i < end));

  test.each(Array.from({ length: 200 }, (_, i) => i + 1))('are as sets of single numbers are, seed %i', (seed) => {
    const next = numbers(seed);
    const some = (): Interval<number>[] =>
      Array.from({ length: next(6) }, () => {
        const first = next(36);
        return run(first, first + next(8));
      });
    const [left, right] = [some(), some()];
    const [a, b] = [unite(left), unite(right)];
    expect(members(a)).toEqual(members(left));
    expect(members(intersect(a, b))).toEqual(members(a).filter((i) => includes(b, i)));
    expect(members(subtract(a, b))).toEqual(members(a).filter((i) => !includes(b, i)));
    // Runs neither meet nor overlap, so that equal sets are equal values.
    for (const set of [a, intersect(a, b), subtract(a, b)]) expect(unite(set)).toEqual(set);
  });
});

describe('addresses', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '255.255.255.255',
    '::',
    '::1',
    '2001:db8::1',
    'fe80::1:2',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:7:8',
  ])('%s is one', (text) => {
    expect(parseAddress(text)).toBeDefined();
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    'host',
  ])('"%s" is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '/8', 'x/8', '10.0.0.0/'])(
    '"%s" is no block',
    (text) => {
      expect(parseCidr(text)).toEqual([]);
    },
  );

  test.each<[cidr: string, address: string]>([
    ['10.0.0.0/8', '10.255.255.255'],
    ['10.0.0.0/8', '11.0.0.0'],
    ['10.1.2.3/8', '10.9.9.9'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.8'],
    ['0.0.0.0/0', '255.255.255.255'],
    ['172.16.0.0/12', '172.31.255.255'],
    ['172.16.0.0/12', '172.32.0.0'],
    ['fc00::/7', 'fdff:ffff::1'],
    ['fc00::/7', 'fe00::1'],
    ['::/0', 'ffff::1'],
    ['2001:db8::/33', '2001:db8:8000::'],
  ])('%s and %s are as Node has it', (cidr, address) => {
    const [network = '', length] = cidr.split('/');
    const family = cidr.includes(':') ? 'ipv6' : 'ipv4';
    const list = new BlockList();
    list.addSubnet(network, Number(length), family);
    expect(includes(parseCidr(cidr), parseAddress(address) ?? -1n)).toBe(list.check(address, family));
  });

  test('of the two families are kept apart', () => {
    expect(includes(parseCidr('::/0'), parseAddress('0.0.0.1') ?? -1n)).toBe(false);
    expect(includes(parseCidr('0.0.0.0/0'), parseAddress('::1') ?? -1n)).toBe(false);
    expect(isWholeFamily(parseCidr('0.0.0.0/0'))).toBe(true);
    expect(isWholeFamily(blockAddresses('0.0.0.0/0', ['10.0.0.0/8']))).toBe(false);
  });

  test.each<[cidr: string, except: string[], text: string]>([
    ['203.0.113.0/24', [], '203.0.113.0/24'],
    ['203.0.113.0/24', ['203.0.113.0/25'], '203.0.113.128/25'],
    ['10.0.0.0/8', ['10.0.0.0/10'], '10.64.0.0/10, 10.128.0.0/9'],
    ['2001:db8::/32', [], '2001:db8::/32'],
    ['::1/128', [], '::1/128'],
    ['0.0.0.0/0', ['10.0.0.0/8'], '0.0.0.0/5, 8.0.0.0/7 and 6 more blocks'],
  ])('%s without %j is written %s', (cidr, except, text) => {
    expect(describeAddresses(blockAddresses(cidr, except))).toBe(text);
  });

  test('all of them have a word', () => {
    expect(describeAddresses(ALL_ADDRESSES)).toBe('any address');
    expect(describeAddresses(unite([...parseCidr('0.0.0.0/0'), ...parseCidr('::/0')]))).toBe('any address');
  });
});
