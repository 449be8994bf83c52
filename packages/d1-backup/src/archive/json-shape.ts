/** Reads a value of parsed JSON; throws `ShapeError` where it is another one than expected. */
export type Read<Value> = (value: unknown, at: string) => Value;

/** A value is not what it should be. `at` is its place, such as `entries[3].size`. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';

  constructor(at: string, expected: string, value: unknown) {
    const shown = value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 60) ?? 'not JSON');
    super(`${at === '' ? 'it' : at} should be ${expected}, and is ${shown}`);
  }
}

export const text: Read<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw new ShapeError(at, 'a text', value);
};

export const flag: Read<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw new ShapeError(at, 'true or false', value);
};

/** A number of bytes or rows. */
export const count: Read<number> = (value, at) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ShapeError(at, 'a whole number from 0', value);
};

/** SHA-256 in lower-case hexadecimal. */
export const sha256: Read<string> = (value, at) => {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new ShapeError(at, 'a SHA-256 of 64 hexadecimal digits', value);
};

/** ISO 8601, in UTC. */
export const time: Read<string> = (value, at) => {
  if (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
    return value;
  throw new ShapeError(at, 'a time such as 2025-09-04T14:30:22.000Z', value);
};

export const oneOf =
  <const Value extends string>(known: readonly Value[]): Read<Value> =>
  (value, at) => {
    const found = known.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new ShapeError(at, known.map((one) => `"${one}"`).join(' or '), value);
  };

export const orNull =
  <Value>(read: Read<Value>): Read<Value | null> =>
  (value, at) =>
    value === null ? null : read(value, at);

export const optional =
  <Value>(read: Read<Value>): Read<Value | undefined> =>
  (value, at) =>
    value === undefined ? undefined : read(value, at);

export const list =
  <Value>(read: Read<Value>): Read<readonly Value[]> =>
  (value, at) => {
    if (Array.isArray(value)) return value.map((item: unknown, index) => read(item, `${at}[${index}]`));
    throw new ShapeError(at, 'a list', value);
  };

/** Gives a function that reads the fields of an object. Those that nobody asks for are passed over. */
export function fields(value: unknown, at: string): <Value>(name: string, read: Read<Value>) => Value {
  if (!isObject(value)) throw new ShapeError(at, 'an object', value);
  return (name, read) => read(value[name], at === '' ? name : `${at}.${name}`);
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
