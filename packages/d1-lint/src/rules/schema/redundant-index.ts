import type { Index } from 'd1-core/schema';
import { identifier, type Name, sameName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { isNeedless, isOfPrimaryKey } from '../../recipes/needless-index.ts';

const posts = `CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, slug TEXT NOT NULL UNIQUE);`;

export default defineRule({
  id: 'schema/redundant-index',
  severity: 'warning',
  kind: 'policy',
  summary: 'An index that another one makes needless.',
  why: `An index also serves every query that needs only its first columns, and a PRIMARY KEY or UNIQUE has an index already. A
second one for the same columns finds nothing faster; each INSERT, and each UPDATE of them, writes it as well, and D1 bills it
as a row written.`,
  bad: [
    `${posts}\nCREATE INDEX posts_user ON posts (user_id);\nCREATE INDEX posts_user_slug ON posts (user_id, slug);`,
    `${posts}\nCREATE INDEX posts_slug ON posts (slug);`,
    `${posts}\nCREATE INDEX posts_id ON posts (id);`,
  ],
  good: [
    `${posts}\nCREATE INDEX posts_user_slug ON posts (user_id, slug);`,
    `${posts}\nCREATE INDEX posts_user ON posts (user_id);\nCREATE INDEX posts_slug_user ON posts (slug, user_id);`,
  ],
  check(context) {
    const { after } = context;
    const created = createdIndexes(context);
    const needless = new Set<Index>();
    for (const at of created) {
      const own = after.index(at.text);
      if (own === undefined) continue;
      const others = after.indexesOf(own.table).filter((one) => one !== own && !needless.has(one));
      const better = isOfPrimaryKey(own, context)
        ? `the primary key of ${own.table}`
        : nameOf(others.find((other) => isNeedless(own, other, context)));
      if (better !== undefined) {
        needless.add(own);
        report(at, own, better, context);
        continue;
      }
      for (const other of others.filter((one) => isNeedless(one, own, context))) {
        // Of one that this file creates too, the finding stands there.
        if (!created.some(({ text }) => sameName(text, other.name))) report(at, other, own.name, context);
      }
    }
  },
});

function report(at: Name, needless: Index, better: string, context: RuleContext): void {
  context.report({
    at,
    message: `${needless.name} finds nothing that ${better} does not find as well, and every write to ${needless.table} pays for it.`,
    help: sameName(at.text, needless.name)
      ? `Leave ${needless.name} out. Where it already exists, drop it in a new migration:\nDROP INDEX ${identifier(needless.name)};`
      : `Drop it:\nDROP INDEX ${identifier(needless.name)};`,
  });
}

function nameOf(index: Index | undefined): string | undefined {
  if (index === undefined || index.origin === 'created') return index?.name;
  const kind = index.origin === 'unique' ? 'UNIQUE' : 'primary key';
  return `the ${kind} of ${index.table} (${index.columns.join(', ')})`;
}

const createdIndexes = ({ statements }: Pick<RuleContext, 'statements'>): readonly Name[] =>
  statements.flatMap(({ tree, before }) => {
    const name = tree?.is('CreateIndexStmt') === true ? tree.indexName : undefined;
    return name === undefined || before.index(name.text) !== undefined ? [] : [name];
  });
