import type { SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';

export default defineRule({
  id: 'compat/foreign-keys-pragma-is-noop',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'PRAGMA foreign_keys is accepted and does nothing.',
  why: `SQLite ignores PRAGMA foreign_keys inside a transaction, and on D1 a migration is always inside one. Foreign keys
stay on, so a table rebuild "with foreign keys off" deletes the rows of every child with ON DELETE CASCADE, without an
error. Drizzle Kit and Prisma both write this pragma around their rebuilds.`,
  bad: ['PRAGMA foreign_keys = OFF;', 'PRAGMA foreign_keys=ON;'],
  good: ['PRAGMA foreign_key_check;', 'PRAGMA defer_foreign_keys = ON;'],
  check({ statements, report }) {
    for (const { tree } of statements) {
      if (tree === undefined || !setsForeignKeys(tree)) continue;
      const name = tree.name('pragma_name') ?? tree;
      report(
        isOff(tree)
          ? {
              at: name,
              message:
                'This PRAGMA does nothing: inside a migration foreign keys stay on, and DROP TABLE still fires ON DELETE.',
              help: 'Remove it. To put off the check to the end of the file, write:\nPRAGMA defer_foreign_keys = ON;\nThat does not stop ON DELETE CASCADE or SET NULL.',
            }
          : {
              at: name,
              message: 'This PRAGMA does nothing: on D1 foreign keys are always on.',
              help: 'Remove it.',
            },
      );
    }
  },
});

const setsForeignKeys = (tree: SyntaxNode): boolean =>
  tree.is('PragmaStmt') &&
  tree.name('pragma_name')?.text.toLowerCase() === 'foreign_keys' &&
  tree.word('pragma_form') !== 'BARE';

const isOff = (tree: SyntaxNode): boolean =>
  ['off', '0', 'false', 'no'].includes(tree.name('value')?.text.toLowerCase() ?? '');
