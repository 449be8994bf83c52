import type { ParsedStatement } from 'd1-core/sql';
import { hasEngineError } from '../../recipes/engine-error.ts';
import { defineRule } from '../../engine/rule.ts';

const nested = (depth: number): string => `${'('.repeat(depth)}1${')'.repeat(depth)}`;

export default defineRule({
  id: 'meta/not-analysed',
  severity: 'warning',
  kind: 'policy',
  stage: 'replay',
  summary: 'No rule could look into a statement.',
  why: `A statement that nests too deeply defeats the parser. Whatever is wrong with it stays unseen, and that has to be
said. Statements that are too long for D1 have a rule of their own.`,
  bad: [`CREATE TABLE limits (id INTEGER PRIMARY KEY, value INTEGER NOT NULL DEFAULT ${nested(1001)});`],
  good: [`CREATE TABLE limits (id INTEGER PRIMARY KEY, value INTEGER NOT NULL DEFAULT ${nested(3)});`],
  check({ statements, findings, report }) {
    for (const statement of statements) {
      const { parsed, replay, start } = statement;
      const reason = reasonOf(parsed, replay.outcome);
      // Of what fails anyway, that is said.
      if (reason === undefined || replay.outcome === 'failed' || hasEngineError(statement, findings))
        continue;
      report({
        at: { start, end: start },
        message: `This statement was not analysed: ${reason}.`,
        help: 'Read it with care, or write it in a simpler way.',
      });
    }
  },
});

function reasonOf(parsed: ParsedStatement, replayed: string): string | undefined {
  if (parsed.outcome === 'syntax-error' && replayed === 'done') {
    return `only the newest SQLite understands it (${parsed.message})`;
  }
  if (parsed.outcome !== 'not-parsed' || parsed.reason === 'too-long') return undefined;
  return 'it nests too deeply';
}
