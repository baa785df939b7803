import { isCidr } from '../../model/names';

/** True for an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return !text.includes('/') && isCidr(`${text}/${text.includes(':') ? 128 : 32}`);
}

/** True when the second block lies inside the first and is smaller. Both have to be CIDR blocks. */
export function cidrContains(outer: string, inner: string): boolean {
  const [a, b] = [readCidr(outer), readCidr(inner)];
  if (a.width !== b.width || b.prefix <= a.prefix) return false;
  const shift = BigInt(a.width - a.prefix);
  return a.address >> shift === b.address >> shift;
}

interface Block {
  readonly address: bigint;
  readonly width: 32 | 128;
  readonly prefix: number;
}

function readCidr(text: string): Block {
  const [address = '', prefix = ''] = text.split('/');
  const isV4 = !address.includes(':');
  return { address: isV4 ? readV4(address) : readV6(address), width: isV4 ? 32 : 128, prefix: Number(prefix) };
}

function readV4(text: string): bigint {
  return text.split('.').reduce((sum, byte) => (sum << 8n) + BigInt(Number(byte)), 0n);
}

function readV6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const middle = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...middle, ...last].reduce((sum, group) => (sum << 16n) + BigInt(parseInt(group, 16)), 0n);
}
