import { hasEngineError } from '../../recipes/engine-error.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';

export default defineRule({
  id: 'meta/syntax-error',
  severity: 'error',
  kind: 'engine',
  summary: 'A statement is not SQL that SQLite understands.',
  why: `D1 refuses the statement, and with it the whole file. The other statements of the file are linted all the same.`,
  bad: [
    'CREATE TABL posts (id INTEGER PRIMARY KEY);',
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL,);',
  ],
  good: ['CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);'],
  check({ statements, file, lines, findings, report }) {
    for (const statement of statements) {
      const { parsed, replay } = statement;
      // A newer SQLite than the parser's may know it.
      if (parsed.outcome !== 'syntax-error' || replay.outcome === 'done') continue;
      if (isExplained(statement, findings)) continue;
      const { column } = lines.positionAt(parsed.at);
      report({
        at: { start: parsed.at, end: endOfWord(file.text, parsed.at) },
        message: `SQLite does not understand this: ${parsed.message}.`,
        help: `Correct it at column ${column}, or in the word before; a comma or a semicolon too many or too few is the usual cause.`,
      });
    }
  },
});

/** Another rule has said what is wrong: in the statement, or with the file that holds NULs. */
const isExplained = (statement: LintStatement, findings: RuleContext['findings']): boolean =>
  hasEngineError(statement, findings) ||
  (statement.text.includes('\0') && findings.some(({ rule }) => rule === 'compat/encoding'));

const endOfWord = (text: string, start: number): number =>
  start + (/^\w+|^./.exec(text.slice(start, start + 100))?.[0].length ?? 0);
