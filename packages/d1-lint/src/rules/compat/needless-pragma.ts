import { commandLine } from 'd1-core/door';
import type { SyntaxNode } from 'd1-core/sql';
import { PRAGMAS } from '../../d1/engine.ts';
import { removeStatement } from '../../engine/edits.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { switchesForeignKeys } from '../../recipes/foreign-keys-switch.ts';
import { generatorOfFile } from '../../recipes/generator.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

export default defineRule({
  id: 'compat/needless-pragma',
  severity: 'warning',
  kind: 'policy',
  summary: 'A PRAGMA that does nothing for a migration, or that outlives it.',
  why: `D1 accepts it. What a PRAGMA reads is shown to nobody: foreign_key_check and quick_check do not fail, whatever they find. And a
switch such as ignore_check_constraints stays as it is after the file, on a local database at least: later rows that break a CHECK
get in. Foreign keys are always on, so PRAGMA foreign_keys = ON changes nothing either. Of use are defer_foreign_keys, which ends with the file, and optimize.`,
  bad: [
    'PRAGMA ignore_check_constraints = ON;',
    'PRAGMA quick_check;',
    'PRAGMA table_info(posts);',
    'PRAGMA foreign_keys = ON;',
  ],
  good: [
    'PRAGMA defer_foreign_keys = ON;',
    'PRAGMA optimize;',
    'PRAGMA recursive_triggers = ON;\nSELECT 1;\nPRAGMA recursive_triggers = OFF;',
  ],
  check(context) {
    const { file, statements, report } = context;
    const isGenerated = generatorOfFile(context) !== undefined;
    const foreignKeysGoOff = statements.some(
      ({ tree }) => tree !== undefined && switchesForeignKeys(tree, 'off'),
    );
    for (const statement of statements) {
      const { tree } = statement;
      // After the one that switches them off, the finding is about that one.
      if (tree !== undefined && switchesForeignKeys(tree, 'on') && !foreignKeysGoOff) {
        report({
          at: tree.pragmaName ?? statement,
          message: 'On D1 foreign keys are always on, so this PRAGMA changes nothing.',
          help: 'Remove it.',
          fix: {
            title: 'Remove the PRAGMA',
            edits: [removeStatement(file.text, statement)],
            safe: isNewestFile(context),
          },
        });
      }
      const pragma = tree?.is('PragmaStmt') === true ? tree.pragmaName : undefined;
      const name = pragma?.text.toLowerCase() ?? '';
      if (tree === undefined || pragma === undefined || !PRAGMAS.has(name) || USEFUL.has(name)) continue;
      const isSwitch = SWITCHES.has(name) && tree.pragmaForm !== 'BARE';
      // Prisma ends its rebuilds with it.
      if (!isSwitch && isGenerated && name === 'foreign_key_check') continue;
      if (isSwitch && (isOff(tree) || isReset(name, statement, statements))) continue;
      report({
        at: pragma,
        message: isSwitch
          ? `${name} stays on after this migration, for whatever the same connection does next.`
          : `Nobody sees what PRAGMA ${name} gives, and the migration goes on whatever it is.`,
        help: isSwitch
          ? `Switch it off at the end of the file, or do without it:\nPRAGMA ${name} = OFF;`
          : CHECKS.has(name)
            ? `Remove it. "${commandLine('d1-migrate:validate')}" checks a migration on a database with rows.`
            : 'Remove it.',
      });
    }
  },
});

/** foreign_keys has a rule of its own. */
const USEFUL = new Set(['defer_foreign_keys', 'optimize', 'foreign_keys']);
const CHECKS = new Set(['foreign_key_check', 'quick_check']);
const SWITCHES = new Set([
  'case_sensitive_like',
  'ignore_check_constraints',
  'legacy_alter_table',
  'recursive_triggers',
  'reverse_unordered_selects',
]);

const isOff = (tree: SyntaxNode): boolean => /^(off|0|false|no)$/i.test(tree.pragmaValue?.text ?? '');

const isReset = (name: string, { index }: LintStatement, statements: readonly LintStatement[]): boolean =>
  statements
    .slice(index + 1)
    .some(({ tree }) => tree?.pragmaName?.text.toLowerCase() === name && isOff(tree));
