import { isUtf8 } from 'node:buffer';
import { quoteText } from 'd1-core/sql';

/**
 * A value exactly as the database holds it, as text: a letter for the storage class, then the content. `i` and digits;
 * `r` and 17 significant digits, or `Inf`, `-Inf`; `x` and a JavaScript number, for a real that SQLite may not print
 * exactly; `t` or `b` and the bytes in hexadecimal. NULL is null. D1's own answers round integers and drop infinities.
 */
export type Value = string | null;

/**
 * Words that `wrangler d1 execute --file` takes for transaction control, and removes or refuses, inside texts too
 * (seen with wrangler 4.86 and 4.164).
 */
const TRANSACTION_WORDS = /\b(BEGIN\s+TRANSACTION|COMMIT)\b/i;

/** The SQL expression that gives the value back exactly, in every version of SQLite that D1 has used. */
export function literal(value: Value): string {
  if (value === null) return 'NULL';
  const content = value.slice(1);
  switch (value.charAt(0)) {
    case 'i':
      // The digits of the smallest integer are, without their sign, no integer.
      return content === '-9223372036854775808' ? '(-9223372036854775807 - 1)' : content;
    case 'r':
      return content.replace('Inf', '9e999');
    case 'x':
      return exactProduct(Number(content));
    case 't':
      return textLiteral(content);
    default:
      return `x'${content}'`;
  }
}

/** The same for the key of a row in a condition: without affinity, and without any text that could be cut in two. */
export const keyLiteral = (value: Value): string =>
  value?.charAt(0) === 't' ? `+CAST(x'${value.slice(1)}' AS TEXT)` : literal(value);

function textLiteral(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (isUtf8(bytes) && !bytes.includes(0)) {
    const text = bytes.toString('utf8');
    if (!TRANSACTION_WORDS.test(text)) return quoteText(text);
  }
  return `CAST(x'${hex}' AS TEXT)`;
}

/** The largest power of two that is an integer in SQL. */
const STEP = 62;

/**
 * A real as an integer times powers of two, which no engine rounds: the SQLite of workerd 2025-08-31 reads and prints
 * about one in eight of the numbers beyond 1e±22 a bit wrong.
 */
function exactProduct(value: number): string {
  let mantissa = value;
  let exponent = 0;
  // In this order each step is exact, for numbers near 5e-324 too.
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent -= 1;
  }
  while (!Number.isSafeInteger(mantissa)) {
    mantissa /= 2;
    exponent += 1;
  }
  const sign = exponent < 0 ? '/' : '*';
  const factors: string[] = [];
  for (let left = Math.abs(exponent); left > 0; left -= STEP) {
    factors.push(` ${sign} ${2n ** BigInt(Math.min(left, STEP))}`);
  }
  return `(${mantissa}.0${factors.join('')})`;
}
