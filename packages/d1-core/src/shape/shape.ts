import * as v from 'valibot';
import { isObject } from '../errors/index.ts';

/** What a shape gives, which nobody changes any more. */
export type Immutable<Value> = Value extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

export const text = v.string('a text');

export const flag = v.boolean('true or false');

/** A number of bytes or rows. */
export const count = v.pipe(
  v.number('a whole number from 0'),
  v.safeInteger('a whole number from 0'),
  v.minValue(0, 'a whole number from 0'),
);

export const sha256 = v.pipe(
  v.string('a SHA-256 of 64 hexadecimal digits'),
  v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits'),
);

const ISO = 'a time such as 2025-09-04T14:30:22.000Z';

/** ISO 8601, in UTC. */
export const time = v.pipe(
  v.string(ISO),
  v.regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, ISO),
  v.check((value) => !Number.isNaN(Date.parse(value)), ISO),
);

/** Texts by name. Not by `v.record`, which leaves out names such as `constructor`. */
export const texts = v.custom<Readonly<Record<string, string>>>(
  (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
  'an object of texts',
);

/** Numbers of rows by name, with the same care. */
export const counts = v.custom<Readonly<Record<string, number>>>(
  (value) => isObject(value) && Object.values(value).every((one) => v.is(count, one)),
  'an object of whole numbers',
);

/** The fields that are known; others are passed over, so that later versions may add some. */
export const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object(entries, 'an object');

export const list = <const Item extends v.GenericSchema>(item: Item) => v.array(item, 'a list');

export const oneOf = <const Value extends string>(values: readonly Value[]) =>
  v.picklist(values, values.map((one) => `"${one}"`).join(' or '));

export const described = <const Shape extends v.GenericSchema>(shape: Shape, words: string) =>
  v.pipe(shape, v.description(words));

/** What a value has of a shape, or what is wrong with it: `entries[3].size should be …, and is …`. */
export function readShape<Shape extends v.GenericSchema>(
  shape: Shape,
  value: unknown,
): { readonly value: v.InferOutput<Shape> } | { readonly problem: string } {
  const { success, output, issues } = v.safeParse(shape, value, { abortEarly: true });
  if (success) return { value: output };
  const [{ path = [], message, input }] = issues;
  const at = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const place = at.replace(/^\./, '') || 'it';
  if (input === undefined) return { problem: `${place} is missing` };
  return {
    problem: `${place} should be ${message}, and is ${JSON.stringify(input)?.slice(0, 60) ?? 'not JSON'}`,
  };
}
