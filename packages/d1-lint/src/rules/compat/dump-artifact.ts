import { sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/dump-artifact',
  severity: 'error',
  kind: 'engine',
  summary: 'Something that only the command line of SQLite understands, or that only a dump contains.',
  why: `What sqlite3 writes with .dump is meant for sqlite3. Its own commands, which begin with a dot, are no SQL. Rows of
sqlite_schema, with which it restores virtual tables, can be written only after PRAGMA writable_schema, which D1 refuses.`,
  bad: [
    `.mode insert\n${tags}`,
    `${tags}\nINSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', 'f', 'f', 0, 'CREATE VIRTUAL TABLE f USING fts5(a)');`,
  ],
  good: [tags],
  check({ file, statements, report }) {
    for (const statement of statements) {
      const line = dotCommand(statement, file.text);
      if (line !== undefined) {
        report({
          at: { start: line.start, end: line.start + line.text.length },
          message: `${line.text} is a command of sqlite3, and no SQL: D1 refuses it.`,
          help: 'Delete the line.',
          fix: {
            title: 'Delete the line',
            edits: [{ start: line.start, end: line.end, text: '' }],
            safe: true,
          },
        });
      }
      const table = writtenTable(statement);
      if (table === undefined || !isCatalogue(table.text)) continue;
      report({
        at: table,
        message: `D1 allows no writes to ${table.text}.`,
        help: `Remove the statement, and create what it describes with ${kindOf(statement.tree)}.`,
      });
    }
  },
});

function dotCommand({ tokens, start }: LintStatement, text: string) {
  const [first, second] = tokens;
  const isCommand = first?.text === '.' && second?.start === first.end && /[a-z]/i.test(second.text);
  if (!isCommand || (start > 0 && text[start - 1] !== '\n')) return undefined;
  const [line = ''] = /^[^\r\n]*/.exec(text.slice(start)) ?? [];
  const [lineEnd = ''] = /^\r?\n/.exec(text.slice(start + line.length)) ?? [];
  return { start, end: start + line.length + lineEnd.length, text: line.trimEnd() };
}

const isCatalogue = (name: string): boolean =>
  ['sqlite_schema', 'sqlite_master'].some((one) => sameName(one, name));

const kindOf = (tree: SyntaxNode | undefined): string =>
  tree?.is('InsertStmt') === true ? 'CREATE VIRTUAL TABLE' : 'ALTER TABLE or a rebuild';
