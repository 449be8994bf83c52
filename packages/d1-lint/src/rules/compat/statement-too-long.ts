import { MAX_STATEMENT_BYTES } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { splitInsert } from '../../recipes/split-insert.ts';

const limit = MAX_STATEMENT_BYTES.toLocaleString('en-US');

/** A row of 100 bytes, so that the example is no longer than it must be. */
const longRow = (id: number): string => `(${id}, '${'x'.repeat(90)}')`;
const rows = (count: number): string => Array.from({ length: count }, (_, id) => longRow(id + 1)).join(',\n');
const table = 'CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL);';

export default defineRule({
  id: 'compat/statement-too-long',
  severity: 'error',
  kind: 'engine',
  summary: `A statement of more than ${limit} bytes is refused.`,
  why: `D1 takes statements of up to ${limit} bytes of UTF-8. The usual cause is an INSERT with many rows, and several
INSERTs with fewer rows do the same.`,
  bad: [{ '0001_words.sql': table, '0002_seed.sql': `INSERT INTO words (id, word) VALUES\n${rows(1000)};` }],
  good: [{ '0001_words.sql': table, '0002_seed.sql': `INSERT INTO words (id, word) VALUES\n${rows(10)};` }],
  check({ statements, report }) {
    for (const statement of statements) {
      const bytes = Buffer.byteLength(statement.text);
      if (bytes <= MAX_STATEMENT_BYTES) continue;
      const parts = splitInsert(statement);
      report({
        at: { start: statement.start, end: statement.start },
        message: `This statement has ${bytes.toLocaleString('en-US')} bytes, and D1 refuses more than ${limit}.`,
        help:
          parts === undefined
            ? 'Split it. A value that is longer by itself has to be written by a Worker with a bound parameter.'
            : `Split it into ${parts.length} INSERT statements; "--fix" does it.`,
        fix:
          parts === undefined
            ? undefined
            : {
                title: `Split it into ${parts.length} INSERT statements`,
                edits: [{ start: statement.start, end: statement.end, text: parts.join(';\n') }],
                safe: true,
              },
      });
    }
  },
});
