import { LIMITS } from '../../d1/engine.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { countRows, splitInsert } from '../../recipes/split-insert.ts';

const LIMIT = LIMITS.instructions;
const shown = LIMIT.toLocaleString('en-US');

const table = 'CREATE TABLE numbers (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);';
const rows = (count: number) => Array.from({ length: count }, (_, id) => `(${id + 1}, ${id % 7})`).join(',');

export default defineRule({
  id: 'compat/vdbe-size',
  severity: 'error',
  kind: 'engine',
  summary: 'A statement that is short enough, and compiles to more instructions than D1 allows.',
  why: `SQLite compiles a statement to a program, and D1 allows ${shown} instructions in it. Each value of an INSERT is one, and each
row one more, so a list of many short rows reaches the limit long before it has 100,000 bytes. D1 says only "out of memory".`,
  bad: [
    { '0001_numbers.sql': table, '0002_seed.sql': `INSERT INTO numbers (id, number) VALUES ${rows(8_000)};` },
  ],
  good: [
    { '0001_numbers.sql': table, '0002_seed.sql': `INSERT INTO numbers (id, number) VALUES ${rows(3_000)};` },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const { replay } = statement;
      const count = replay.outcome === 'done' ? (replay.instructions ?? 0) : 0;
      if (count <= LIMIT) continue;
      const parts = splitInsert(statement, rowsPerPart(statement, count));
      report({
        at: { start: statement.start, end: statement.start },
        message: `This statement compiles to ${count.toLocaleString('en-US')} instructions, and D1 refuses more than ${shown}: "out of memory".`,
        help:
          parts === undefined
            ? 'Split it into several statements.'
            : `Split it into ${parts.length} INSERT statements of fewer rows.`,
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

/** With room to grow, like the parts of a statement that is too long. */
const rowsPerPart = (statement: LintStatement, instructions: number): number =>
  Math.max(1, Math.floor((countRows(statement) * LIMIT * 0.9) / instructions));
