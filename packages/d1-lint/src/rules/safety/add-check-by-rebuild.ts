import { type Affinity, affinityOf, columnOf, type Table } from 'd1-core/schema';
import { foldName, identifier, significantTokens } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { checksIn, isWidened, type Check } from '../../recipes/checks.ts';
import { copiedColumns, copySelect, onlySource } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { isPrepared } from '../../recipes/prepared-rows.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT, age INTEGER);',
  '0002_seed.sql': "INSERT INTO users (id, role, age) VALUES (1, 'owner', 'old');",
};

const rebuild = ({
  check = '',
  options = '',
  role = 'role',
}): string => `CREATE TABLE new_users (id INTEGER PRIMARY KEY, role TEXT${check}, age INTEGER)${options};
INSERT INTO new_users (id, role, age) SELECT id, ${role}, age FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

const check = " CHECK (role IN ('reader', 'editor'))";

export default defineRule({
  id: 'safety/add-check-by-rebuild',
  severity: 'warning',
  kind: 'engine',
  summary: 'A rebuild adds a CHECK or STRICT, and fails when a row does not pass.',
  why: `The copy of the rebuild stops at the first row that does not pass: "CHECK constraint failed", or "cannot store TEXT value
in INTEGER column". A fresh database has no such row, the one in production may. Whether it has cannot be seen in the files.`,
  bad: [
    { ...setUp, '0003_role.sql': rebuild({ check }) },
    { ...setUp, '0003_strict.sql': rebuild({ options: ' STRICT' }) },
  ],
  good: [
    {
      ...setUp,
      '0003_role.sql': rebuild({ check, role: "CASE role WHEN 'owner' THEN 'editor' ELSE role END" }),
    },
    {
      ...setUp,
      '0003_role.sql': `UPDATE users SET role = 'editor' WHERE role = 'owner';\n${rebuild({ check })}`,
    },
    {
      '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT${check}, age INTEGER);`,
      '0002_rebuild.sql': rebuild({ check }),
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      for (const copy of rebuild.copies) {
        const select = copySelect(copy);
        if (select === undefined || onlySource(select, copy, copy.before) === undefined) continue;
        const copied = copiedAsTheyAre(copy, context);
        const failing = newChecks(rebuild, context).find(({ names }) =>
          names.some((name) => copied.has(foldName(name))),
        );
        if (failing !== undefined) reportCheck(failing, rebuild, context);
        else if (becomesStrict(rebuild)) reportStrict(copied, rebuild, context);
      }
    }
  },
});

const copiedAsTheyAre = (copy: LintStatement, context: RuleContext): ReadonlySet<string> =>
  new Set(
    copiedColumns(copy)
      .filter(({ source }) => source !== undefined && !isPrepared(source.text, copy, context))
      .map(({ target }) => foldName(target)),
  );

function newChecks({ table, create, createdAs }: Rebuild, { tokenize }: RuleContext): readonly Check[] {
  const old = checksIn(significantTokens(tokenize(table.sql)), table.name);
  return checksIn(create.tokens, createdAs.text).filter(
    (check) => !old.some((one) => one.key === check.key || isWidened(check, one)),
  );
}

function reportCheck({ text, start, end }: Check, rebuild: Rebuild, context: RuleContext): void {
  const { name } = rebuild.table;
  context.report({
    at: { start, end },
    message: `${name} gets a CHECK, and the copy fails as soon as one row does not pass it.${generatedBy(rebuild, context)}`,
    help: `Correct those rows before the copy, or in it. Whether there are any, this shows:\nSELECT count(*) FROM ${identifier(name)} WHERE NOT (${text});`,
  });
}

const becomesStrict = ({ table, result }: Rebuild): boolean => !table.strict && result?.strict === true;

const TYPES: Readonly<Record<Affinity, string | undefined>> = {
  INTEGER: "'integer'",
  REAL: "'real', 'integer'",
  TEXT: "'text'",
  BLOB: "'blob'",
  NUMERIC: undefined,
};

function reportStrict(copied: ReadonlySet<string>, rebuild: Rebuild, context: RuleContext): void {
  const { result, create, createdAs, table } = rebuild;
  const conditions = (result?.columns ?? []).flatMap(({ name, type, primaryKey }) => {
    const isAny = type.toUpperCase() === 'ANY';
    const types = isAny || primaryKey > 0 || wasText(name, table) ? undefined : TYPES[affinityOf(type)];
    if (types === undefined || !copied.has(foldName(name))) return [];
    return `typeof(${identifier(name)}) NOT IN (${types}, 'null')`;
  });
  if (conditions.length === 0) return;
  context.report({
    at: wordAfter(create, 'STRICT', createdAs.end) ?? createdAs,
    message: `${table.name} becomes STRICT, and the copy fails as soon as one row has a value of another type than its column.${generatedBy(rebuild, context)}`,
    help: `Correct those rows before the copy, or in it. Whether there are any, this shows:\nSELECT count(*) FROM ${identifier(table.name)} WHERE ${conditions.join(' OR ')};`,
  });
}

/** Such a column has made a text of all that it was given, but for blobs. */
const wasText = (name: string, table: Table): boolean =>
  affinityOf(columnOf(table, name)?.type ?? '') === 'TEXT';
