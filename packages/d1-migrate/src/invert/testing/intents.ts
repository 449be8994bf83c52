import fc from 'fast-check';

/** What is to happen next, if the schema allows it. The numbers choose among what there is. */
export interface Intent {
  readonly kind: IntentKind;
  readonly picks: readonly number[];
}

export const BASE_KINDS = [
  'create-table',
  'create-index',
  'create-view',
  'create-trigger',
  'create-search',
] as const;

export const CHANGE_KINDS = [
  ...BASE_KINDS,
  'add-column',
  'drop-column',
  'rename-column',
  'rename-table',
  'drop-table',
  'drop-index',
  'drop-view',
  'drop-trigger',
  'rebuild',
  'recreate',
  'insert',
  'update',
  'delete',
  'pragma',
] as const;

export type IntentKind = (typeof CHANGE_KINDS)[number];

const intents = (
  kinds: readonly IntentKind[],
  size: { readonly minLength: number; readonly maxLength: number },
): fc.Arbitrary<readonly Intent[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      picks: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 24, maxLength: 24 }),
    }),
    size,
  );

/** A schema, and a migration on it. */
export const migrations = fc.record({
  base: intents([...BASE_KINDS, 'create-table', 'create-table'], { minLength: 2, maxLength: 9 }),
  change: intents(CHANGE_KINDS, { minLength: 1, maxLength: 5 }),
});
