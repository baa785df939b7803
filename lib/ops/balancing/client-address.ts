import { isIPv6 } from 'node:net';
import { BalancingError } from './balancing-error';

/** Who asks, in the forms that hashing needs. */
export interface ClientAddress {
  /** Bytes that `ip_hash` takes: three of an IPv4 address, sixteen of an IPv6 one. */
  readonly hashed: readonly number[];
  /** The address as nginx writes it in `$remote_addr`. */
  readonly text: string;
}

/** A client without an address, e.g. on a Unix socket: nginx hashes three zeros, and calls it so. */
const NONE: ClientAddress = { hashed: [0, 0, 0], text: 'unix:' };

const [DOT, ZERO, NINE] = [0x2e, 0x30, 0x39];

/**
 * Reads an address. One that maps IPv4 (`::ffff:192.0.2.1`, as a socket for both says it) is the IPv4
 * address, and a zone (`fe80::1%eth0`) is no part of it: the same client is the same whichever way it is said.
 * @throws BalancingError `InvalidClientAddress`
 */
export function readClientAddress(text: string | undefined): ClientAddress {
  if (text === undefined || text === '') return NONE;
  // JavaScript may give anything.
  const isText = typeof (text as unknown) === 'string';
  const bytes = isText ? readIPv4(text) : undefined;
  if (bytes !== undefined) return { hashed: bytes, text };
  if (isText && isIPv6(text)) return fromIPv6(groupsOf(text.split('%')[0] ?? ''));
  throw new BalancingError(
    'InvalidClientAddress',
    `the client's address cannot be read, given ${JSON.stringify(text)}, allowed is an IPv4 or IPv6 address without a port: pass what the socket says`,
  );
}

/** The first three bytes of an IPv4 address, in one pass: this is done for every request. */
function readIPv4(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  let byte = 0;
  let digits = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = index === text.length ? DOT : text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0 || byte > 255) return undefined;
      bytes.push(byte);
      byte = digits = 0;
    } else if (code >= ZERO && code <= NINE && !(digits > 0 && byte === 0)) {
      byte = byte * 10 + code - ZERO;
      digits++;
    } else return undefined;
  }
  return bytes.length === 4 ? bytes.slice(0, 3) : undefined;
}

function fromIPv4(bytes: readonly number[]): ClientAddress {
  return { hashed: bytes.slice(0, 3), text: bytes.join('.') };
}

function fromIPv6(groups: readonly number[]): ClientAddress {
  const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? fromIPv4(bytes.slice(12)) : { hashed: bytes, text: writeIPv6(groups) };
}

/** The eight groups of a valid address. */
function groupsOf(text: string): readonly number[] {
  const [head = '', tail] = text.split('::');
  const before = groupList(head);
  if (tail === undefined) return before;
  const after = groupList(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupList(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/**
 * As nginx writes it: lower case, the first of the longest runs of zeros left out, the last two groups with
 * dots where they could be an IPv4 address.
 * @see https://github.com/nginx/nginx/blob/master/src/core/ngx_inet.c (ngx_inet6_ntop)
 */
function writeIPv6(groups: readonly number[]): string {
  let start = 0;
  let length = 1;
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const [high = 0, low = 0] = groups.slice(6);
  const isDotted = start === 0 && (length === 6 || (length === 7 && low >> 8 !== 0 && (low & 0xff) !== 1));
  if (isDotted) return `::${[high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')}`;
  const hex = groups.map((group) => group.toString(16));
  if (length === 1) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
