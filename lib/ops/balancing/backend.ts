import { isIPv6 } from 'node:net';
import { BalancingError } from './balancing-error';

/** A server that requests are given to. The same id added again is another backend. */
export interface Backend {
  readonly id: string;
  /** Name or address. */
  readonly host: string;
  readonly port: number;
}

/** What weights may be: shares of a circle of hashes and sums of them stay whole numbers. */
const MOST_WEIGHT = 65_535;

/** @throws BalancingError `InvalidBackend` */
export function checkBackend({ id, host, port }: Backend): void {
  if (id === '') refuse('the id of a backend is empty', id, 'a text', 'give it a name');
  if (host === '' || /[\s/]/.test(host)) {
    refuse(`the host of backend "${id}" is none`, host, 'a host name or an IP address', 'leave out scheme and path');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    refuse(`the port of backend "${id}" is none`, port, 'a whole number from 1 to 65535', 'correct it');
  }
}

/** @throws BalancingError `InvalidBackend` */
export function checkWeight(id: string, weight: number): void {
  if (Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT) return;
  refuse(
    `the weight of backend "${id}" is none`,
    weight,
    `a whole number from 0 to ${MOST_WEIGHT}`,
    'use weights in proportion, as 3 and 2 for 1.5 and 1; 0 takes it out',
  );
}

/** `host:port`, as a configuration of nginx says it. */
export function addressOf({ host, port }: Backend): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function refuse(what: string, given: string | number, allowed: string, remedy: string): never {
  const shown = typeof given === 'number' ? String(given) : JSON.stringify(given);
  throw new BalancingError('InvalidBackend', `${what}, given ${shown}, allowed is ${allowed}: ${remedy}`);
}
