/** One unit (a core, a byte, a pod) in the thousand-millionths that quantities are kept in. */
export const UNIT = 1_000_000_000n;

/** The largest quantity: larger ones are cut off there. */
const MAX = (2n ** 63n - 1n) * UNIT;

const FACTORS: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1000n,
  m: 1_000_000n,
  '': UNIT,
  k: 1000n * UNIT,
  M: 1000n ** 2n * UNIT,
  G: 1000n ** 3n * UNIT,
  T: 1000n ** 4n * UNIT,
  P: 1000n ** 5n * UNIT,
  E: 1000n ** 6n * UNIT,
  Ki: 1024n * UNIT,
  Mi: 1024n ** 2n * UNIT,
  Gi: 1024n ** 3n * UNIT,
  Ti: 1024n ** 4n * UNIT,
  Pi: 1024n ** 5n * UNIT,
  Ei: 1024n ** 6n * UNIT,
};

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A quantity as the API server reads it, exactly, in thousand-millionths: `"500m"` → 500_000_000n.
 * What is finer is rounded up. Undefined when it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = FORM.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', , exponent, suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const scale = fraction.length - Number(exponent ?? 0);
  const digits = BigInt(whole + fraction) * (FACTORS[suffix] ?? UNIT);
  const size = scale <= 0 ? digits * 10n ** BigInt(-scale) : ceilDivide(digits, 10n ** BigInt(scale));
  const capped = size > MAX ? MAX : size;
  return sign === '-' ? -capped : capped;
}

/** Division rounded up, for what is not negative. */
export function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** A quantity as the API server writes it: in powers of 1024 (bytes) or of 1000 (everything else). */
export function formatQuantity(quantity: bigint, form: 'binary' | 'decimal'): string {
  if (quantity < 0n) return `-${formatQuantity(-quantity, form)}`;
  if (quantity === 0n) return '0';
  if (form === 'binary' && quantity % UNIT === 0n && quantity >= 1024n * UNIT) {
    return written(quantity / UNIT, 1024n, ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']);
  }
  return written(quantity, 1000n, ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']);
}

function written(value: bigint, base: bigint, units: readonly string[]): string {
  let [number, unit] = [value, 0];
  while (unit < units.length - 1 && number % base === 0n) {
    number /= base;
    unit += 1;
  }
  return `${number}${units[unit] ?? ''}`;
}
