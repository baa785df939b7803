/** The largest number of replicas that the controller can count to. */
export const MAX_REPLICAS = 2 ** 31 - 1;

/** `amount * factor / divisor` as whole numbers are divided in Go: cut towards zero, whatever their size. */
export function wholeQuotient(amount: number, factor: number, divisor: number): number {
  const product = amount * factor;
  if (Math.abs(product) <= Number.MAX_SAFE_INTEGER) return Math.trunc(product / divisor);
  return Number((BigInt(amount) * BigInt(factor)) / BigInt(divisor));
}

/** Rounded up, and never more than replicas can be. */
export function replicasOf(exact: number): number {
  return Math.min(MAX_REPLICAS, Math.ceil(exact));
}
