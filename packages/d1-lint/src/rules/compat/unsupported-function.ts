import { foldName, type Name, type SyntaxNode } from 'd1-core/sql';
import { isAllowedFunction } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';
import { functionAdvice } from '../../recipes/function-advice.ts';

const users = 'CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/unsupported-function',
  severity: 'error',
  kind: 'engine',
  summary: 'A function that D1 does not have, or does not allow.',
  why: `D1 has the functions of SQLite that are on its list, and no others: none of other databases, such as now() or uuid(), none
of SQLite's command line, such as regexp(), and not all of SQLite's own. In a table or an index D1 refuses it at once. In a view
or a trigger it refuses nothing, and the view fails when it is read, the trigger when it fires.`,
  bad: [
    { '0001_users.sql': users, '0002_seed.sql': "INSERT INTO users (id, name) VALUES (uuid(), 'Ada');" },
    { '0001_users.sql': users, '0002_seed.sql': "DELETE FROM users WHERE name REGEXP '^test';" },
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL DEFAULT 'a', kind TEXT AS (if(body = 'a', 1, 2)));",
  ],
  good: [
    {
      '0001_users.sql': users,
      '0002_seed.sql': "INSERT INTO users (id, name) VALUES (lower(hex(randomblob(16))), 'Ada');",
      '0003_clean.sql': "DELETE FROM users WHERE name LIKE 'test%';",
    },
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const node of tree === undefined ? [] : CALLS.flatMap((type) => tree.all(type))) {
        const called = calledFunction(node);
        if (called === undefined) continue;
        if (!isAllowedFunction(called.name)) {
          report({
            at: called.at,
            message: `D1 has no function ${called.name}, or does not allow it.`,
            help: functionAdvice(called.name),
          });
        } else if (OF_FTS5.has(foldName(called.name)) && !isColumn(node.argList)) {
          report({
            at: called.at,
            message: `${called.name} works on an fts5 table alone, and its first argument has to be that table.`,
            help: `Write SELECT ${called.name}(<table>, …) FROM <table> WHERE <table> MATCH …`,
          });
        }
      }
    }
  },
});

const OF_FTS5 = new Set(['highlight', 'snippet', 'bm25']);

const isColumn = (args: SyntaxNode | undefined): boolean => args?.items()[0]?.is('ColumnRef') === true;

const CALLS = ['FunctionCall', 'AggregateFunctionCall', 'LikeExpr', 'TableRef'];

interface Call {
  readonly name: string;
  readonly at: Name | SyntaxNode;
}

/** A table with arguments is a function too; those of pragmas have a rule of their own. */
function calledFunction(node: SyntaxNode): Call | undefined {
  if (node.is('FunctionCall') || node.is('AggregateFunctionCall')) return call(node.functionName);
  if (node.is('LikeExpr')) {
    const keyword = node.keyword ?? '';
    return keyword === 'REGEXP' ? { name: 'regexp', at: node } : undefined;
  }
  const table = node.is('TableRef') && node.hasParens ? node.tableName : undefined;
  return table === undefined || /^pragma_/i.test(table.text) ? undefined : call(table);
}

const call = (name: Name | undefined): Call | undefined => name && { name: name.text, at: name };
