import { plural } from 'd1-core/report';
import { comment } from 'd1-core/sql';
import type { Rebuild } from './rebuild.ts';

const BEGIN = '-- Edit from here: the new table, and what its columns are filled with.';
const END = '-- Edit to here. What follows goes with the rest of the schema.';

/** The text of the migration, below its heading. */
export function rebuildText(rebuild: Rebuild): string {
  const { before, edited, after, leftOut } = rebuild;
  return [
    ...introduction(rebuild),
    '',
    ...before.map(terminated),
    ...(before.length > 0 ? [''] : []),
    BEGIN,
    edited.map(terminated).join('\n\n'),
    END,
    '',
    ...after.map(terminated),
    ...leftOut.flatMap(({ sql, reason }) => [
      '',
      comment(`Left out: ${oneLine(reason)}`),
      ...sql.split('\n').map(comment),
    ]),
    '',
  ].join('\n');
}

function introduction({ table, others }: Rebuild): readonly string[] {
  if (others.length === 0) return [comment(`Rebuilds ${table}, with all its rows.`)];
  const reference = others.length === 1 ? 'which references it' : 'which reference it';
  return [
    comment(
      `Rebuilds ${table}, with ${plural(others.length, 'other table')}, ${reference}: ${others.join(', ')}.`,
    ),
    '-- When D1 drops a table it deletes or empties the rows that reference it, and PRAGMA foreign_keys does not help.',
    '-- So all rows are copied first, and the tables that reference another one are dropped before it.',
  ];
}

const terminated = (sql: string): string => `${sql};`;
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
