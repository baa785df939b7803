import { parseQuantity, UNIT } from '../../model/kubernetes-quantity';

/** CPU in thousandths of a core, to the thousandth of one; 0 for what is no quantity. */
export function cpuMillis(text: string | undefined): number {
  return Number(parseQuantity(text) ?? 0n) / Number(UNIT / 1000n);
}

/** Bytes, rounded up; 0 for what is no quantity. */
export function bytes(text: string | undefined): number {
  return Math.ceil(Number(parseQuantity(text) ?? 0n) / Number(UNIT));
}
