import { nearest } from 'd1-core/errors';
import { foldName, sameName } from 'd1-core/sql';
import { FUNCTION_NAMES } from '../d1/engine.ts';

/** What the same is called on D1; from other databases and from SQLite's own functions that D1 leaves out. */
const INSTEAD: Readonly<Record<string, string>> = {
  uuid: 'lower(hex(randomblob(16)))',
  gen_random_uuid: 'lower(hex(randomblob(16)))',
  newid: 'lower(hex(randomblob(16)))',
  now: "datetime('now')",
  getdate: "datetime('now')",
  sysdate: "datetime('now')",
  curdate: "date('now')",
  unix_timestamp: 'unixepoch()',
  power: 'pow(x, y)',
  ceiling: 'ceil(x)',
  log10: 'log(x)',
  if: 'iif(condition, a, b)',
  nvl: 'coalesce(a, b)',
  isnull: 'coalesce(a, b)',
  greatest: 'max(a, b)',
  least: 'min(a, b)',
  len: 'length(x)',
  char_length: 'length(x)',
  strpos: 'instr(text, part)',
  position: 'instr(text, part)',
  left: 'substr(text, 1, n)',
  right: 'substr(text, -n)',
  chr: 'char(x)',
  unistr: 'char(x)',
  json_pretty: 'json(x)',
  array_agg: 'json_group_array(x)',
  json_agg: 'json_group_array(x)',
  to_char: 'strftime(format, time)',
  date_format: 'strftime(format, time)',
  regexp: 'LIKE, GLOB or instr(text, part)',
  generate_series: 'a recursive CTE',
};

/** What does the same on D1, where it is known. */
export const functionInstead = (name: string): string | undefined =>
  Object.entries(INSTEAD).find(([other]) => sameName(other, name))?.[1];

/** What to write in place of a function that D1 does not have. */
export function functionAdvice(name: string): string {
  const instead = functionInstead(name);
  if (instead !== undefined) return `Write ${instead}.`;
  const meant = nearest(foldName(name), FUNCTION_NAMES);
  return meant === undefined
    ? 'Compute the value before, and write it as a literal.'
    : `Did you mean ${meant}? Otherwise compute the value before, and write it as a literal.`;
}
