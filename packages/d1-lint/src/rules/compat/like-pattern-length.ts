import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';
import { type SyntaxNode, unquote } from 'd1-core/sql';

const logs = 'CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT NOT NULL);';
const seed = "INSERT INTO logs (id, line) VALUES (1, 'started');";
const text = 'the connection to the upstream server was closed early';

export default defineRule({
  id: 'compat/like-pattern-length',
  severity: 'error',
  kind: 'engine',
  summary: `A pattern of LIKE or GLOB of more than ${LIMITS.patternBytes} bytes is refused.`,
  why: `SQLite takes patterns of 50,000 bytes, and D1 of ${LIMITS.patternBytes}, without the quotes. It refuses the statement when it
comes to the first row, "LIKE or GLOB pattern too complex"; an empty table hides it.`,
  bad: [
    {
      '0001_logs.sql': logs,
      '0002_seed.sql': seed,
      '0003_clean.sql': `DELETE FROM logs WHERE line LIKE '%${text}%';`,
    },
  ],
  good: [
    {
      '0001_logs.sql': logs,
      '0002_seed.sql': seed,
      '0003_clean.sql': `DELETE FROM logs WHERE instr(line, '${text}') > 0;`,
    },
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const node of tree?.all('LikeExpr') ?? []) {
        const keyword = node.keyword ?? '';
        const pattern = keyword === 'LIKE' || keyword === 'GLOB' ? textOf(node.pattern) : undefined;
        const bytes = Buffer.byteLength(pattern ?? '');
        if (bytes <= LIMITS.patternBytes) continue;
        report({
          at: node.pattern ?? node,
          message: `This pattern has ${bytes} bytes, and D1 refuses more than ${LIMITS.patternBytes}.`,
          help: 'Search for a part of it with instr(text, part) > 0, which has no such limit, or use fts5.',
        });
      }
    }
  },
});

const textOf = (pattern: SyntaxNode | undefined): string | undefined =>
  pattern?.literalType === 'STRING' ? unquote(pattern.text ?? '') : undefined;
