const FACTORS: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 1024n * 10n ** 9n,
  Mi: 1024n ** 2n * 10n ** 9n,
  Gi: 1024n ** 3n * 10n ** 9n,
  Ti: 1024n ** 4n * 10n ** 9n,
  Pi: 1024n ** 5n * 10n ** 9n,
  Ei: 1024n ** 6n * 10n ** 9n,
};

const FORM = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A quantity in thousandths, rounded up, as the autoscaler counts: `"500m"` → 500, `"1Ki"` → 1024000.
 * Undefined when it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function milliOf(quantity: string | number): number | undefined {
  const nanos = nanosOf(quantity);
  if (nanos === undefined) return undefined;
  const milli = nanos / 1_000_000n;
  return Number(nanos > milli * 1_000_000n ? milli + 1n : milli);
}

/** A quantity as a fraction, in the steps in which Go computes it, so that the last bit is the same. */
export function fractionOf(quantity: string | number): number | undefined {
  const nanos = nanosOf(quantity);
  if (nanos === undefined) return undefined;
  if (nanos % 1_000_000_000n === 0n) return Number(nanos / 1_000_000_000n);
  return nanos % 1_000_000n === 0n ? Number(nanos / 1_000_000n) * 1e-3 : Number(nanos) * 1e-9;
}

function nanosOf(quantity: string | number): bigint | undefined {
  const match = FORM.exec(String(quantity));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0', suffix = ''] = match;
  const digits = BigInt(whole + fraction) * (FACTORS[suffix] ?? 0n);
  const scale = fraction.length - Number(exponent);
  const divisor = 10n ** BigInt(Math.max(0, scale));
  const scaled = digits * 10n ** BigInt(Math.max(0, -scale));
  const nanos = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -nanos : nanos;
}
