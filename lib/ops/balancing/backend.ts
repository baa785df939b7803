import { isIP, isIPv6 } from 'node:net';
import { show } from '../../model/issues';
import { isAnyHost } from '../../model/names';
import type { Refusal } from './balancing-error';
import { refuseAll } from './balancing-error';

/** A server that requests are given to. The same id added again is another backend. */
export interface Backend {
  readonly id: string;
  /** Name or address. */
  readonly host: string;
  readonly port: number;
}

/** What weights may be: shares of a circle of hashes and sums of them stay whole numbers. */
const MOST_WEIGHT = 65_535;

/** @throws BalancingError `InvalidBackend`, with everything that is wrong */
export function checkBackend({ id, host, port }: Backend, weight: number): void {
  // JavaScript may give anything.
  const texts: { readonly id: unknown; readonly host: unknown } = { id, host };
  const refusals: Refusal[] = [];
  if (typeof texts.id !== 'string' || texts.id === '') {
    const what = texts.id === '' ? 'the id of a backend is empty' : 'the id of a backend is no text';
    refusals.push([what, texts.id, 'a text', 'give it a name']);
  }
  if (typeof texts.host !== 'string' || (isIP(texts.host) === 0 && !isAnyHost(texts.host))) {
    const allowed = 'a host name or an IP address without brackets';
    refusals.push([`the host of backend ${show(id)} is none`, texts.host, allowed, 'leave out scheme, port and path']);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    refusals.push([`the port of backend ${show(id)} is none`, port, 'a whole number from 1 to 65535', 'correct it']);
  }
  refuseAll('InvalidBackend', [...refusals, ...weightRefusals(id, weight)]);
}

/** @throws BalancingError `InvalidBackend` */
export function checkWeight(id: string, weight: number): void {
  refuseAll('InvalidBackend', weightRefusals(id, weight));
}

function weightRefusals(id: string, weight: number): readonly Refusal[] {
  if (Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT) return [];
  const remedy = 'use weights in proportion, as 3 and 2 for 1.5 and 1; 0 takes it out';
  return [[`the weight of backend ${show(id)} is none`, weight, `a whole number from 0 to ${MOST_WEIGHT}`, remedy]];
}

/** `host:port`, as a configuration of nginx says it. */
export function addressOf({ host, port }: Backend): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
