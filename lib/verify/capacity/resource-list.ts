import type { Json } from '../emitted';
import { formatQuantity, parseQuantity } from '../../model/kubernetes-quantity';
import { objectOf } from '../read';

/** Amounts by the name of the resource, e.g. `cpu`, in thousand-millionths of its unit. */
export type ResourceList = ReadonlyMap<string, bigint>;

export const NO_RESOURCES: ResourceList = new Map();

/** Reads a map of quantities; what is none is left out, since the admission proof names it. */
export function readResourceList(value: Json | undefined): ResourceList {
  return new Map(
    Object.entries(objectOf(value)).flatMap(([name, text]): [string, bigint][] => {
      const quantity = parseQuantity(text);
      return quantity === undefined ? [] : [[name, quantity]];
    }),
  );
}

/** Sum by resource. */
export function addLists(...lists: readonly ResourceList[]): ResourceList {
  const sum = new Map<string, bigint>();
  for (const list of lists) for (const [name, amount] of list) sum.set(name, (sum.get(name) ?? 0n) + amount);
  return sum;
}

/** The larger of both by resource. */
export function maxLists(a: ResourceList, b: ResourceList): ResourceList {
  const result = new Map(a);
  for (const [name, amount] of b) {
    const other = result.get(name);
    if (other === undefined || amount > other) result.set(name, amount);
  }
  return result;
}

/** The first list, with what only the second one has. */
export function withMissing(list: ResourceList, defaults: ResourceList): ResourceList {
  return new Map([...defaults, ...list]);
}

/** Every amount so many times. */
export function timesList(list: ResourceList, times: number): ResourceList {
  return new Map([...list].map(([name, amount]) => [name, amount * BigInt(times)]));
}

/** An amount as a reader expects it: bytes in powers of 1024, unless those of 1000 are shorter; all else in powers of 1000. */
export function formatAmount(resource: string, amount: bigint): string {
  const decimal = formatQuantity(amount, 'decimal');
  if (!/(^|[./])(memory|storage|ephemeral-storage)$|hugepages-/.test(resource)) return decimal;
  const binary = formatQuantity(amount, 'binary');
  return decimal.length < binary.length ? decimal : binary;
}
