import type { Interval, Intervals } from './intervals';
import { subtract, unite } from './intervals';

/**
 * A set of IP addresses. Both families lie on one line of numbers: IPv6 first, IPv4 behind it, so
 * that nothing has to be said twice.
 */
export type AddressSet = Intervals<bigint>;

const V4_START = 1n << 128n;
const END = V4_START + (1n << 32n);

export const ALL_ADDRESSES: AddressSet = [{ first: 0n, end: END }];
const ALL_V4: AddressSet = [{ first: V4_START, end: END }];
const ALL_V6: AddressSet = [{ first: 0n, end: V4_START }];

/** Place of an address; undefined when it is none. */
export function parseAddress(text: string): bigint | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return V4_START + v4;
  return text.includes(':') ? parseV6(text) : undefined;
}

/** The addresses of a block such as `10.0.0.0/8`; none when it is no block, as an API server has it. */
export function parseCidr(text: string): AddressSet {
  const [address = '', length = '', ...rest] = text.split('/');
  const place = parseAddress(address);
  const bits = place === undefined || place < V4_START ? 128 : 32;
  if (place === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) return [];
  const size = 1n << BigInt(bits - Number(length));
  const start = place < V4_START ? 0n : V4_START;
  const first = start + ((place - start) / size) * size;
  return [{ first, end: first + size }];
}

/** The addresses of a policy's `ipBlock`. */
export function blockAddresses(cidr: string, except: readonly string[]): AddressSet {
  return subtract(parseCidr(cidr), unite(except.flatMap(parseCidr)));
}

/** True when no address of one of the families, or of both, is missing. */
export function isWholeFamily(set: AddressSet): boolean {
  return [ALL_V4, ALL_V6].some((family) => subtract(family, set).length === 0);
}

/** `203.0.113.0/24 and 2 more`. */
export function describeAddresses(set: AddressSet): string {
  if (subtract(ALL_ADDRESSES, set).length === 0) return 'any address';
  const blocks = set.flatMap(blocksOf);
  const shown = blocks.slice(0, 2).join(', ');
  return blocks.length > 2 ? `${shown} and ${blocks.length - 2} more blocks` : shown;
}

/** The largest blocks that make up a run. */
function blocksOf(run: Interval<bigint>): string[] {
  const blocks: string[] = [];
  let first = run.first;
  while (first < run.end) {
    const isV4 = first >= V4_START;
    const [start, bits] = isV4 ? [V4_START, 32] : [0n, 128];
    const limit = isV4 || run.end < V4_START ? run.end : V4_START;
    let length = bits;
    const fits = (size: bigint): boolean => (first - start) % size === 0n && first + size <= limit;
    while (length > 0 && fits(1n << BigInt(bits - length + 1))) length--;
    blocks.push(`${isV4 ? formatV4(first - V4_START) : formatV6(first)}/${length}`);
    first += 1n << BigInt(bits - length);
  }
  return blocks;
}

function parseV4(text: string): bigint | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)) {
    return undefined;
  }
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(groupsOf)));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** An IPv4 address at the end of an IPv6 one stands for two groups. */
function groupsOf(group: string): string[] {
  const v4 = parseV4(group);
  return v4 === undefined ? [group] : [(v4 / 65_536n).toString(16), (v4 % 65_536n).toString(16)];
}

function formatV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  const text = groups.join(':');
  // The longest run of zeros is left out, as everybody writes it.
  const zeros = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return text;
  const [before, after] = [text.slice(0, zeros.index), text.slice(zeros.index + zeros[0].length).replace(/^:/, '')];
  return `${before}::${after}`;
}
