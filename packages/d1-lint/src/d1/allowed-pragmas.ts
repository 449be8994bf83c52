/** How a pragma may be used: with an argument or without, or only without. */
export type PragmaUse = 'any' | 'read';

/**
 * The pragmas that D1 accepts, measured on workerd 1.20260730.1 and 1.20261117.1. All others are refused, reading
 * included.
 */
export const ALLOWED_PRAGMAS: ReadonlyMap<string, PragmaUse> = new Map<string, PragmaUse>([
  ['table_list', 'any'],
  ['table_info', 'any'],
  ['table_xinfo', 'any'],
  ['index_list', 'any'],
  ['index_info', 'any'],
  ['index_xinfo', 'any'],
  ['foreign_key_list', 'any'],
  ['foreign_key_check', 'any'],
  ['quick_check', 'any'],
  ['foreign_keys', 'any'],
  ['defer_foreign_keys', 'any'],
  ['optimize', 'any'],
  ['case_sensitive_like', 'any'],
  ['ignore_check_constraints', 'any'],
  ['legacy_alter_table', 'any'],
  ['recursive_triggers', 'any'],
  ['reverse_unordered_selects', 'any'],
  ['data_version', 'read'],
  // Not in the workerd of wrangler 4.156 and older.
  ['page_size', 'read'],
]);
