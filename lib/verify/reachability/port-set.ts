import type { Intervals } from './intervals';
import { intersect, subtract, unite } from './intervals';

/** The protocols that a policy can speak of. */
export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A set of ports: for each protocol, which numbers. */
export type PortSet = Readonly<Record<Protocol, Intervals<number>>>;

/** One past the highest port. */
const END = 65_536;
const EVERY: Intervals<number> = [{ first: 0, end: END }];

export const NO_PORT: PortSet = { TCP: [], UDP: [], SCTP: [] };
export const ALL_PORTS: PortSet = { TCP: EVERY, UDP: EVERY, SCTP: EVERY };

/** A run of ports of one protocol, both ends included. */
export function ports(protocol: Protocol, first: number, last = first): PortSet {
  return { ...NO_PORT, [protocol]: [{ first, end: last + 1 }] };
}

/** Every port of one protocol. */
export function everyPort(protocol: Protocol): PortSet {
  return { ...NO_PORT, [protocol]: EVERY };
}

export function isProtocol(text: string): text is Protocol {
  return PROTOCOLS.some((protocol) => protocol === text);
}

export function unitePorts(sets: readonly PortSet[]): PortSet {
  const [only] = sets;
  if (only === undefined) return NO_PORT;
  if (sets.length === 1 || sets.includes(ALL_PORTS)) return sets.length === 1 ? only : ALL_PORTS;
  return each((protocol) => unite(sets.flatMap((set) => set[protocol])));
}

export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  return each((protocol) => intersect(a[protocol], b[protocol]));
}

export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  return each((protocol) => subtract(a[protocol], b[protocol]));
}

export function isNoPort(set: PortSet): boolean {
  return PROTOCOLS.every((protocol) => set[protocol].length === 0);
}

export function hasPort(set: PortSet, protocol: Protocol, port: number): boolean {
  return set[protocol].some(({ first, end }) => first <= port && port < end);
}

/** `8000, 53/UDP, 6000-6010`: TCP is not said; `all ports` for all of them. */
export function describePorts(set: PortSet): string {
  const isAll = (protocol: Protocol): boolean => set[protocol].some(({ first, end }) => first <= 1 && end === END);
  if (PROTOCOLS.every(isAll)) return 'all ports';
  return PROTOCOLS.flatMap((protocol) => {
    const suffix = protocol === 'TCP' ? '' : `/${protocol}`;
    if (isAll(protocol)) return [`all ports${suffix === '' ? '/TCP' : suffix}`];
    return set[protocol].flatMap(({ first, end }) =>
      end - first <= 2
        ? Array.from({ length: end - first }, (_, i) => `${first + i}${suffix}`)
        : [`${first}-${end - 1}${suffix}`],
    );
  }).join(', ');
}

function each(produce: (protocol: Protocol) => Intervals<number>): PortSet {
  return { TCP: produce('TCP'), UDP: produce('UDP'), SCTP: produce('SCTP') };
}
