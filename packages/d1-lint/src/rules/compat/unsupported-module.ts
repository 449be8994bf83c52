import { isAllowedModule, isRecentModule, MODULE_NAMES } from '../../d1/engine.ts';
import { foldName, type Name } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

const off = '-- d1-lint-disable-file schema/fts-blocks-export: backed up with d1-backup\n';

export default defineRule({
  id: 'compat/unsupported-module',
  severity: 'error',
  kind: 'engine',
  summary: 'A virtual table of a module that D1 does not allow.',
  why: `D1 allows the modules ${MODULE_NAMES.join(', ')}, and refuses all others: the older full-text search of SQLite, fts3 and
fts4, and everything that is loaded as an extension.`,
  bad: [`${off}CREATE VIRTUAL TABLE notes_search USING fts4(body);`],
  good: [`${off}CREATE VIRTUAL TABLE notes_search USING fts5(body);`],
  check({ statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      for (const table of readModules(statement)) {
        report({
          at: table,
          message: `D1 has no ${table.text}: that is a module of SQLite which it does not allow.`,
          help: 'Remove the statement, or do without it.',
        });
      }
      const module = tree?.is('CreateVirtualTableStmt') === true ? tree.moduleName : undefined;
      if (module === undefined || isAllowedModule(module.text)) continue;
      report({
        at: module,
        message: `D1 refuses virtual tables of ${module.text}.`,
        help: /^fts[34]$/i.test(module.text)
          ? 'Use fts5. Its queries and special commands differ in a few places from those of older versions.'
          : `Use an ordinary table. The modules that D1 allows are ${MODULE_NAMES.map(nameWithAge).join(', ')}.`,
      });
    }
  },
});

/** Modules that can be read like a table, without CREATE VIRTUAL TABLE; other builds of SQLite have them. */
const EPONYMOUS = new Set(['dbstat', 'sqlite_dbpage', 'sqlite_stmt', 'bytecode', 'tables_used']);

const readModules = ({ tree, before }: LintStatement): readonly Name[] =>
  (tree?.all('TableRef') ?? [])
    .map((table) => table.tableName)
    .filter(({ text }) => EPONYMOUS.has(foldName(text)) && before.table(text) === undefined);

const nameWithAge = (name: string): string =>
  isRecentModule(name) ? `${name} (not on a local database of an older wrangler)` : name;
