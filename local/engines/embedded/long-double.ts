// x87's 80-bit long double, in which Redis adds floats: 0.1 + 0.2 is 0.3 there, and 0.30000000000000004 in a double.
//
// A value is `mantissa × 2^exponent` with a mantissa of at most 64 bits; every step rounds to nearest, ties to even,
// as the processor and C library do.

export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
/** The decimals Redis prints (`%.17Lf`). */
const DECIMALS = 17;
/** Beyond this decimal exponent a long double is infinite, or zero. */
const MAX_EXPONENT = 4930;

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** Divides to the nearest integer, ties to even. Both are positive. */
function divideRounding(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend - quotient * divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** The long double nearest to `numerator / denominator × 2^exponent`. */
function nearest(numerator: bigint, denominator: bigint, exponent: number): LongDouble {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  const sign = numerator < 0n ? -1n : 1n;
  const size = numerator * sign;
  let shift = MANTISSA_BITS - (bitLength(size) - bitLength(denominator));
  const scaled = (): [bigint, bigint] =>
    shift >= 0 ? [size << BigInt(shift), denominator] : [size, denominator << BigInt(-shift)];
  let [dividend, divisor] = scaled();
  // The bit lengths leave the quotient one bit too long half of the time.
  if (bitLength(dividend / divisor) > MANTISSA_BITS) {
    shift -= 1;
    [dividend, divisor] = scaled();
  }
  return { mantissa: sign * divideRounding(dividend, divisor), exponent: exponent - shift };
}

/**
 * Reads a decimal number.
 *
 * @returns the nearest long double; null where the text is no finite number.
 */
export function parseLongDouble(text: string): LongDouble | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return null;
  const exponent = Number(exponentText) - fraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT) return null;
  const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent >= 0 ? nearest(digits * power, 1n, 0) : nearest(digits, power, 0);
}

/** The sum, rounded once. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const align = (value: LongDouble): bigint => value.mantissa << BigInt(value.exponent - exponent);
  return nearest(align(a) + align(b), 1n, exponent);
}

/** As Redis writes it: 17 decimals, trailing zeros cut, never an exponent, no negative zero. */
export function formatLongDouble(value: LongDouble): string {
  const negative = value.mantissa < 0n;
  const size = (negative ? -value.mantissa : value.mantissa) * 10n ** BigInt(DECIMALS);
  const scaled =
    value.exponent >= 0
      ? size << BigInt(value.exponent)
      : divideRounding(size, 1n << BigInt(-value.exponent));
  const digits = scaled.toString().padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  const text = digits.slice(0, -DECIMALS) + (fraction ? `.${fraction}` : "");
  return negative && text !== "0" ? `-${text}` : text;
}
