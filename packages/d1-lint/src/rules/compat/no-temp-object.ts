import type { SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';

export default defineRule({
  id: 'compat/no-temp-object',
  severity: 'error',
  kind: 'engine',
  summary: 'Temporary tables, views and triggers are refused.',
  why: `D1's authorizer refuses everything in the schema "temp". A table that a migration needs only for itself is an
ordinary table that the same file drops at its end.`,
  bad: [
    'CREATE TEMP TABLE keep (id INTEGER PRIMARY KEY);',
    'CREATE TEMPORARY VIEW numbers AS SELECT 1 AS number;',
    'CREATE TABLE temp.keep (id INTEGER PRIMARY KEY);',
  ],
  good: ['CREATE TABLE keep_0001 (id INTEGER PRIMARY KEY);\nDROP TABLE keep_0001;'],
  check({ statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      if (tree === undefined) continue;
      const created = temporaryObject(tree);
      if (created !== undefined) {
        report({
          at: created,
          message: `D1 refuses temporary objects, and ${created.text} is one.`,
          help: `Create it without TEMP, and drop it at the end of the file:\n${withoutTemp(statement.text)};\n…\nDROP ${kindOf(tree)} ${created.text};`,
        });
        continue;
      }
      const used = tree.all('TableRef').find((node) => isTemp(node) && !isCatalogue(node));
      if (used !== undefined) {
        report({
          at: used,
          message: 'D1 has no schema "temp": every temporary object is refused.',
          help: 'Use an ordinary table, and drop it at the end of the file.',
        });
      }
    }
  },
});

function temporaryObject(tree: SyntaxNode) {
  const isTemporary = (tree.temporary ?? 'NONE') !== 'NONE' || isTemp(tree);
  return isTemporary ? tree.createdName : undefined;
}

const isTemp = (node: SyntaxNode): boolean => node.schemaName?.text.toLowerCase() === 'temp';

/** The only thing in "temp" that D1 lets be read; it is always empty. */
const isCatalogue = (node: SyntaxNode): boolean =>
  /^sqlite_(temp_)?(schema|master)$/i.test(node.tableName?.text ?? '');

const kindOf = ({ type }: SyntaxNode): string =>
  type === 'CreateViewStmt' ? 'VIEW' : type === 'CreateTriggerStmt' ? 'TRIGGER' : 'TABLE';

const withoutTemp = (text: string): string =>
  text.replace(/^create\s+temp(orary)?\s+/i, 'CREATE ').replace(/\btemp\s*\.\s*/i, '');
