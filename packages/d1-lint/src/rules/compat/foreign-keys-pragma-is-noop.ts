import { removeStatement } from '../../engine/edits.ts';
import { defineRule } from '../../engine/rule.ts';
import { switchesForeignKeys } from '../../recipes/foreign-keys-switch.ts';
import { generatorOfFile } from '../../recipes/generator.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

export default defineRule({
  id: 'compat/foreign-keys-pragma-is-noop',
  severity: 'warning',
  kind: 'engine',
  workerd: 'accepts',
  isIgnored: true,
  summary: 'PRAGMA foreign_keys = OFF is accepted and does nothing.',
  why: `SQLite ignores PRAGMA foreign_keys inside a transaction, and on D1 a migration is always inside one. Foreign keys
stay on, so a table rebuild "with foreign keys off" deletes the rows of every child with ON DELETE CASCADE, without an
error: that is data/rebuild-cascades. Where nothing cascades, the pragma is only needless. Drizzle Kit and Prisma both write it
around their rebuilds. --fix removes it in the last migration of the folder alone: the others may be applied, and are then left as they are.`,
  bad: ['PRAGMA foreign_keys = OFF;'],
  good: ['PRAGMA defer_foreign_keys = ON;'],
  check(context) {
    const { file, statements, report } = context;
    const generator = generatorOfFile(context);
    const writer = generator === undefined ? '' : ` ${generator} writes it around each rebuild of a table.`;
    for (const statement of statements) {
      const { tree } = statement;
      if (tree === undefined || !switchesForeignKeys(tree, 'off')) continue;
      report({
        at: tree.pragmaName ?? statement,
        message: `This PRAGMA does nothing: inside a migration foreign keys stay on, and DROP TABLE still fires ON DELETE.${writer}`,
        help: 'Remove it, and the one that switches them on again. To put off the check to the end of the file, write:\nPRAGMA defer_foreign_keys = ON;\nThat does not stop ON DELETE CASCADE or SET NULL.',
        fix: {
          title: 'Remove the PRAGMA',
          edits: [removeStatement(file.text, statement)],
          safe: isNewestFile(context),
        },
      });
    }
  },
});
