import { removeStatement } from '../../engine/edits.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

export default defineRule({
  id: 'compat/no-transaction-control',
  severity: 'error',
  kind: 'engine',
  summary: 'BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE are refused.',
  why: `D1 runs a migration file in a transaction of its own and refuses every statement that begins or ends one.
Wrangler hides this on your machine: it removes the first "BEGIN TRANSACTION" and the first "COMMIT" from the text
before it runs a file locally. The same file then fails on the remote database.`,
  bad: [
    'BEGIN TRANSACTION;\nCREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCOMMIT;',
    'SAVEPOINT before_tags;\nCREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nRELEASE before_tags;',
  ],
  good: ['CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);'],
  check({ file, statements, report }) {
    const found = statements.filter((statement) => isTransactionControl(statement));
    // Both go, or none.
    const mayGo = isOnePair(found) && !found.some(hasComment);
    for (const statement of found) {
      report({
        at: statement,
        message: `D1 refuses ${statement.text.trim()}: a migration already runs in a transaction of its own.`,
        help: 'Remove it. When a statement of the file fails, D1 keeps none of them.',
        fix: mayGo
          ? { title: 'Remove the statement', edits: [removeStatement(file.text, statement)], safe: true }
          : undefined,
      });
    }
  },
});

const isTransactionControl = ({ tree }: LintStatement): boolean =>
  tree?.is('TransactionStmt') === true || tree?.is('SavepointStmt') === true;

const hasComment = ({ allTokens, start, end }: LintStatement): boolean =>
  allTokens.some((token) => token.kind === 'comment' && start < token.start && token.end < end);

/** A ROLLBACK or a savepoint means something that removing it would change. */
function isOnePair(found: readonly LintStatement[]): boolean {
  const words = found.map(({ tree }) => tree?.op);
  return words.length === 2 && words[0] === 'BEGIN' && (words[1] === 'COMMIT' || words[1] === 'END');
}
