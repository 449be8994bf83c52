import { identifiers, type SyntaxNode, type Token } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { isStar, onlySource } from '../../recipes/copied-columns.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);';
const seed = "INSERT INTO users (id, name) VALUES (1, 'Ada');";

export default defineRule({
  id: 'schema/view-select-star',
  severity: 'warning',
  kind: 'policy',
  summary: 'A view with SELECT *.',
  why: `D1 accepts it. SQLite keeps the star and looks up the columns each time: a column that is added to the table appears in
the view, one that is reordered by a rebuild changes its place, and a view that joins two tables shows names twice. What reads
the view gets other columns than it was written for, and a column that was not meant to be seen is. --fix names the columns in
the last migration of the folder alone: the others may be applied, and then they never run again.`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_people.sql': 'CREATE VIEW people AS SELECT * FROM users;',
      '0003_seed.sql': seed,
    },
  ],
  good: [
    { '0001_users.sql': users, '0002_people.sql': 'CREATE VIEW people AS SELECT id, name FROM users;' },
    { '0001_users.sql': users, '0002_count.sql': 'CREATE VIEW size AS SELECT count(*) AS users FROM users;' },
  ],
  check(context) {
    for (const statement of context.statements) {
      const { tree } = statement;
      const query = tree?.is('CreateViewStmt') === true ? tree.select : undefined;
      const items =
        query === undefined ? [] : selectsOf(query).flatMap((select) => starsOf(select, statement));
      const places = items.length === 0 ? [] : starTokens(statement);
      for (const [index, { columns, isStored }] of items.entries()) {
        // Of a subquery it takes what is written there.
        if (!isStored) continue;
        const place = places.length === items.length ? places[index] : undefined;
        const list = columns === undefined ? undefined : identifiers(columns);
        const view = tree?.viewName?.text ?? '';
        context.report({
          at: place ?? statement,
          message: `The view ${view} takes whatever columns its tables have at the time it is read.`,
          help: list === undefined ? 'Name the columns.' : `Name the columns:\n${list}`,
          fix:
            list === undefined || place === undefined
              ? undefined
              : {
                  title: 'Name the columns',
                  edits: [{ ...place, text: list }],
                  safe: isNewestFile(context),
                },
        });
      }
    }
  },
});

interface Star {
  /** Undefined where they are not known for sure. */
  readonly columns: readonly string[] | undefined;
  readonly isStored: boolean;
}

/**
 * All whose columns are those of the view: of a compound, the first names them, and the others must have as many.
 * Without recursion: a chain of UNION may be some thousand nodes deep.
 */
function selectsOf(query: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const open = [query];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.is('SelectStmt')) found.push(node);
    const parts = node.is('CompoundSelect')
      ? [node.right, node.left]
      : [node.is('WithClause') ? node.select : undefined];
    open.push(...parts.filter((part) => part !== undefined));
  }
  return found;
}

function starsOf(select: SyntaxNode, statement: LintStatement): readonly Star[] {
  const stars = select.columns.filter(isStar);
  const table = onlySource(select, statement, statement.before);
  const isPlain = table?.storage === 'ordinary' && select.from?.alias === undefined;
  const ctes = new Set(statement.tree?.all('CteDefinition').map((cte) => cte.cteName.text));
  const isStored = (select.from?.all('TableRef') ?? []).some((one) => !ctes.has(one.tableName.text));
  return stars.map((star) => ({
    columns: isPlain && star.expr === undefined ? table.columns.map(({ name }) => name) : undefined,
    isStored: isStored && select.from?.is('SubqueryTableSource') !== true,
  }));
}

/** The stars that stand for columns, outside of parentheses. */
function starTokens({ tokens }: LintStatement): readonly Token[] {
  let depth = 0;
  return tokens.filter(({ text }, index) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    const before = tokens[index - 1]?.text.toUpperCase() ?? '';
    return depth === 0 && text === '*' && ['SELECT', 'DISTINCT', 'ALL', ',', '.'].includes(before);
  });
}
