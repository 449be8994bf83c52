import { nameWithNumber, nextNumber } from 'd1-core/migrations';
import { defineRule, type RuleContext } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/out-of-order',
  severity: 'error',
  kind: 'policy',
  summary: 'A new migration that comes before one that the git ref of --since has already.',
  why: `Wrangler applies whatever is not recorded yet, also when later migrations are. A database that has applied those gets
the new file last, and a new database gets it in its place, so the two may differ. It happens when two branches add
migrations at the same time. The rule needs --since.`,
  since: { base: ['0001_users.sql', '0003_tags.sql'], changed: ['0002_plans.sql', '0004_plans.sql'] },
  bad: [{ '0001_users.sql': users, '0002_plans.sql': plans, '0003_tags.sql': tags }],
  good: [{ '0001_users.sql': users, '0003_tags.sql': tags, '0004_plans.sql': plans }],
  check(context) {
    const { file, folder, report } = context;
    const later = isNew(file, folder) ? laterInBase(file, folder) : undefined;
    if (later === undefined) return;
    report({
      at: { start: 0, end: 0 },
      message: `${file.name} is new and comes before ${later}, which databases may have applied: they get it last, and a new database gets it first.`,
      help: `Rename it to ${freeName(file, folder)}.`,
    });
  },
});

type Named = Pick<RuleContext['file'], 'name'>;

const isNew = ({ name }: Named, { base }: RuleContext['folder']): boolean => base?.has(name) === false;

/** The last migration of the ref, when it comes after the file. */
function laterInBase({ name }: Named, { files, base }: RuleContext['folder']): string | undefined {
  const place = files.findIndex((one) => one.name === name);
  return files.slice(place + 1).findLast((one) => base?.has(one.name))?.name;
}

/** Several such files keep their order among each other. */
function freeName(file: Named, folder: RuleContext['folder']): string {
  const misplaced = folder.files.filter(
    (one) => isNew(one, folder) && laterInBase(one, folder) !== undefined,
  );
  const place = misplaced.findIndex(({ name }) => name === file.name);
  return nameWithNumber(file.name, nextNumber(folder.files.map(({ name }) => name)) + place);
}
