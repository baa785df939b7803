import { readClientAddress } from '../../../lib/ops/balancing/client-address';
import type { AddressHash } from 'cdk8s-tars/ops';
import { codeOf, TestBench } from './support';

describe('addresses', () => {
  test.each<[string | undefined, string, readonly number[]]>([
    ['192.0.2.77', '192.0.2.77', [192, 0, 2]],
    // Mapped: the same client, on a socket for both.
    ['::ffff:192.0.2.77', '192.0.2.77', [192, 0, 2]],
    ['::FFFF:c000:24d', '192.0.2.77', [192, 0, 2]],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    // The zone says which interface of ours it came by.
    ['fe80::1%eth0', 'fe80::1', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['::1', '::1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    // As nginx writes it, with dots.
    ['::102:304', '::1.2.3.4', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3', [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]],
    [undefined, 'unix:', [0, 0, 0]],
    ['', 'unix:', [0, 0, 0]],
  ])('%s is %s', (given, text, hashed) => {
    expect(readClientAddress(given)).toEqual({ text, hashed });
  });

  test.each([
    'localhost',
    '1.2.3',
    '1.2.3.4:80',
    '[::1]',
    '256.1.1.1',
    '01.2.3.4',
    '1..2.3',
    '1.2.3.4.5',
    ':::',
    ' 1.2.3.4',
  ])('%s is none', (given) => {
    expect(codeOf(() => readClientAddress(given))).toBe('InvalidClientAddress');
  });
});

const WEIGHTS = { a: 1, b: 1, c: 1, d: 1 };

function chosen(
  hash: AddressHash,
  clients: readonly (string | undefined)[],
  weights: Record<string, number> = WEIGHTS,
): string[] {
  const bench = new TestBench('ip-hash', weights, { hash });
  return clients.map((clientIp) => bench.picks(1, { clientIp }));
}

const lastByte = Array.from({ length: 256 }, (_, n) => `192.0.2.${n}`);

test.each<[AddressHash, boolean]>([
  ['network', true],
  ['full', false],
  ['consistent', false],
])('%s: a whole /24 on one backend: %s', (hash, same) => {
  expect(new Set(chosen(hash, lastByte)).size === 1).toBe(same);
});

test.each<AddressHash>(['network', 'full', 'consistent'])('%s: the same client gets the same backend', (hash) => {
  const client = ['198.51.100.7', '2001:db8::7', undefined, 'fe80::1%eth0', '::ffff:198.51.100.7'];
  const first = chosen(hash, client);
  expect(chosen(hash, [...client, ...client]).slice(5)).toEqual(first);
  expect(first[4]).toBe(first[0]);
  expect(chosen(hash, ['fe80::1%wlan0'])[0]).toBe(first[3]);
});

test('consistent: few clients move when a backend comes or goes', () => {
  const clients = Array.from({ length: 2000 }, (_, n) => `10.${n >> 8}.${n & 255}.9`);
  const before = chosen('consistent', clients);
  const after = chosen('consistent', clients, { ...WEIGHTS, e: 1 });
  const moved = clients.filter((_, n) => before[n] !== after[n]);
  // To the new one alone, and about a fifth.
  expect(after.filter((id, n) => before[n] !== id && id !== 'e')).toEqual([]);
  expect(moved.length / clients.length).toBeLessThan(0.3);
  expect(moved.length).toBeGreaterThan(0);
  const full = chosen('full', clients, { ...WEIGHTS, e: 1 }).filter((id, n) => chosen('full', [clients[n]])[0] !== id);
  expect(full.length).toBeGreaterThan(moved.length);
});

test('consistent: several of one address take turns', () => {
  const { balancer } = new TestBench('ip-hash', {}, { hash: 'consistent' });
  for (const id of ['a', 'b']) balancer.addBackend(id, '10.0.0.1', 80);
  const ids = [1, 2, 3, 4].map(() => balancer.selectBackend('192.0.2.1').id);
  expect(ids).toEqual(['a', 'b', 'a', 'b']);
});

test('an IPv6 backend stands on the circle in brackets', () => {
  const { balancer } = new TestBench('ip-hash', {}, { hash: 'consistent' });
  balancer.addBackend('a', '2001:db8::1', 80);
  balancer.addBackend('b', '2001:db8::2', 80);
  expect(['a', 'b']).toContain(balancer.selectBackend('2001:db8::77').id);
});
