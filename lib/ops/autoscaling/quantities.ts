import { parseQuantity, UNIT } from '../../model/kubernetes-quantity';

const MILLI = UNIT / 1000n;

/**
 * A quantity in thousandths, rounded up, as the autoscaler counts: `"500m"` → 500, `"1Ki"` → 1024000.
 * Undefined when it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function milliOf(quantity: string | number): number | undefined {
  const nanos = parseQuantity(quantity);
  if (nanos === undefined) return undefined;
  const milli = nanos / MILLI;
  return Number(nanos > milli * MILLI ? milli + 1n : milli);
}

/** A quantity as a fraction, in the steps in which Go computes it, so that the last bit is the same. */
export function fractionOf(quantity: string | number): number | undefined {
  const nanos = parseQuantity(quantity);
  if (nanos === undefined) return undefined;
  if (nanos % UNIT === 0n) return Number(nanos / UNIT);
  return nanos % MILLI === 0n ? Number(nanos / MILLI) * 1e-3 : Number(nanos) * 1e-9;
}
