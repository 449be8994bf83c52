import { nearest } from 'd1-core/errors';
import { defineRule } from '../../engine/rule.ts';
import { affinityOf } from 'd1-core/schema';
import { declaredColumns, type DeclaredType } from '../../recipes/declared-tables.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

const parts = (type: string) => `CREATE TABLE parts (id INTEGER PRIMARY KEY, code ${type} NOT NULL);`;
const seed = "INSERT INTO parts (id, code) VALUES (1, '007');";

export default defineRule({
  id: 'schema/suspicious-affinity',
  severity: 'error',
  kind: 'policy',
  summary: 'A type that SQLite takes for another one than its name says.',
  why: `SQLite has no list of types. It looks for INT, CHAR, CLOB, TEXT, BLOB, REAL, FLOA and DOUB in the name, in this order,
and takes a column with none of them for one of numbers. So in a column of the type STRING, which D1 accepts, the text 007
becomes 7, and a mistyped TXET does the same. --fix writes TEXT in the last migration of the folder alone: the others may be
applied, and then they never run again. A column that is there already needs a rebuild, and what was altered stays altered.`,
  bad: [
    { '0001_parts.sql': parts('STRING'), '0002_seed.sql': seed },
    { '0001_parts.sql': parts('VARCAHR(20)'), '0002_seed.sql': seed },
  ],
  good: [parts('TEXT')],
  check(context) {
    for (const { type, label, name, table } of declaredColumns(context)) {
      const meant = type === undefined || table.strict ? undefined : meantType(type);
      if (type === undefined || meant === undefined) continue;
      const affinity = affinityOf(type.text);
      context.report({
        at: type,
        message: `SQLite takes ${type.text} for ${affinity}: in ${label}.${name.text} ${
          affinityOf(meant) === 'TEXT' ? "the text '007' becomes the number 7" : 'a value may change its type'
        }.`,
        help: `Write ${meant}.`,
        fix: {
          title: `Write ${meant}`,
          edits: [{ start: type.start, end: type.end, text: meant }],
          safe: isNewestFile(context) && isString(type),
        },
      });
    }
  },
});

const wordOf = ({ text }: DeclaredType): string => text.replace(/\(.*/s, '').trim().toUpperCase();

/** These leave no doubt what was meant. */
const STRINGS: ReadonlySet<string> = new Set(['STRING', 'STR']);
const isString = (type: DeclaredType): boolean => STRINGS.has(wordOf(type));

/** Names that are near to one of a text, and are none. */
const NUMERIC: ReadonlySet<string> = new Set(
  'NUMERIC NUMBER DECIMAL DEC BOOLEAN BOOL BIT DATE DATETIME TIME TIMESTAMP YEAR MONEY JSON JSONB UUID ANY'.split(
    ' ',
  ),
);
const OF_TEXT = ['TEXT', 'CHAR', 'VARCHAR', 'NVARCHAR', 'CHARACTER', 'STRING'];

/** What to write instead; undefined where the type is what it says. */
function meantType(type: DeclaredType): string | undefined {
  const word = wordOf(type);
  const affinity = affinityOf(type.text);
  if (affinity === 'INTEGER' && word === 'FLOATING POINT') return 'REAL';
  if (affinity !== 'NUMERIC' || NUMERIC.has(word)) return undefined;
  if (isString(type) || isNear(word, OF_TEXT)) return 'TEXT';
  return isNear(word, ['BLOB']) ? 'BLOB' : undefined;
}

/** Two letters that have changed places are two steps to nearest(). */
const isNear = (word: string, types: readonly string[]): boolean =>
  nearest(word, types) !== undefined || types.some((type) => lettersOf(type) === lettersOf(word));

const lettersOf = (word: string): string => [...word].sort().join('');
