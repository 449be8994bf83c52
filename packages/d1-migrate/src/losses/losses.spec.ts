import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Loss } from 'd1-core/loss';
import { terminalText } from 'd1-core/report';
import { loadTokenizer, splitStatements } from 'd1-core/sql';
import { type TestWorkspace } from 'd1-core/testing';
import { format, resolveConfig } from 'prettier';
import { activeRules, allRules, lint, lintFile } from 'd1-lint/source';
import { migrate, type MigrateResult } from '../apply/index.ts';
import type { PlacedLoss } from '../loss/index.ts';
import { describeRehearsal, rehearse, rehearseDocument, type RehearseResult } from '../rehearse/index.ts';
import { identify, migratedWorkspace, migrateIn, targetIn } from '../testing/index.ts';
import { useRemoteDatabases } from '../testing/remote-databases.ts';
import { validate } from '../validate/index.ts';
import { lossForms, type LossForm } from './testing/forms.ts';
import { type ObservedForm, lossPage } from './testing/loss-page.ts';

/** Its engine has no R*Tree. */
const isOldest = process.env['D1_WRANGLER'] === 'wrangler-min';

const numbered = (text: string, index: number) => text.replaceAll('#', String(index + 1));

/** Forms in one file: what a run compares grows with files times tables. */
const TOGETHER = 40;

/** What must not meet others in one transaction: a PRAGMA, and a file that belongs to the one before. */
const isAlone = ({ tables, migration }: LossForm) => tables === '' || /pragma|a13/i.test(migration);

interface PlacedForm extends LossForm {
  readonly name: string;
  readonly index: number;
  readonly file: string;
  /** Lines of its file before it. */
  readonly offset: number;
}

function place(forms: Readonly<Record<string, LossForm>>): readonly PlacedForm[] {
  const placed: PlacedForm[] = [];
  let [file, offset, together, wasAlone] = [1, 0, 0, true];
  const ordered = [...Object.entries(forms).entries()].toSorted(
    ([, [, one]], [, [, other]]) => Number(isAlone(one)) - Number(isAlone(other)),
  );
  for (const [index, [name, form]] of ordered) {
    if (wasAlone || isAlone(form) || together === TOGETHER) [file, offset, together] = [file + 1, 0, 0];
    wasAlone = isAlone(form);
    const migration = `${numbered(form.migration, index)}\n`;
    placed.push({
      ...form,
      name,
      index,
      file: `${String(file).padStart(4, '0')}_forms.sql`,
      offset,
      tables: numbered(form.tables, index),
      migration,
      lost: form.lost.map((line) => numbered(line, index)),
    });
    together += 1;
    offset += migration.split('\n').length - 1;
  }
  return placed;
}

const FORMS = place(
  Object.fromEntries(Object.entries(lossForms).filter(([name]) => !isOldest || !name.includes('R*Tree'))),
);

const MIGRATIONS = Object.fromEntries(
  [...Map.groupBy(FORMS, ({ file }) => file)].map(([file, forms]) => [
    file,
    forms.map(({ migration }) => migration).join(''),
  ]),
);
const TABLES = FORMS.map(({ tables }) => tables)
  .filter((text) => text !== '')
  .join('\n');

const isOf = (
  { file, offset, migration }: PlacedForm,
  place: { readonly migration: string; readonly line: number | undefined },
) =>
  place.migration === file &&
  place.line !== undefined &&
  place.line > offset &&
  place.line <= offset + migration.split('\n').length - 1;

const isLoss = ({ lost }: { readonly lost: readonly string[] }) => lost.some((line) => !line.endsWith(')'));

/** The names of the tables that a form loses something of without an announcement. */
const tablesOf = ({ lost }: { readonly lost: readonly string[] }) =>
  lost
    .filter((line) => !line.endsWith(')'))
    .map((line) =>
      line
        .replace(/^\d+ \w+ /, '')
        .replace(/:\d+$/, '')
        .replace(/(?<=\d)\.\w+$/, ''),
    );

const PAGE = join(import.meta.dirname, '../../../../docs/reference/losses.md');

describe('what is lost without a word', () => {
  const remote = useRemoteDatabases(1);
  let workspace: TestWorkspace;
  let result: RehearseResult;
  let local: MigrateResult;
  let production: MigrateResult;
  const lintErrors = new Set<string>();
  const lintFinds = new Set<string>();
  let invalid: readonly { readonly migration: string; readonly line: number | undefined }[];
  beforeAll(async () => {
    workspace = await migratedWorkspace({ '0001_tables.sql': TABLES });
    workspace.write(
      Object.fromEntries(Object.entries(MIGRATIONS).map(([name, text]) => [`migrations/${name}`, text])),
    );
    result = await rehearse({ target: targetIn(workspace), source: { kind: 'database' } });
    local = await migrateIn(workspace);

    const staging = remote.make({ '0001_tables.sql': TABLES, ...MIGRATIONS }, 'staging');
    await staging.applied('0001_tables.sql');
    process.env = { ...process.env, ...remote.api.env };
    production = await migrate({
      target: staging.target,
      identify,
      dryRun: false,
      approve: async () => undefined,
    });

    const tokenize = await loadTokenizer();
    const schemaOf = (text: string) =>
      splitStatements(tokenize(text))
        .map(({ start, end }) => text.slice(start, end))
        .filter((sql) => !/^insert/i.test(sql))
        .map((sql) => `${sql};\n`)
        .join('');
    for (const { name, tables, migration } of FORMS) {
      const schema =
        tables === '' ? 'CREATE TABLE a13 (id INTEGER PRIMARY KEY, name TEXT);' : schemaOf(tables);
      const files = [schema, migration].map((text, index) =>
        lintFile(`000${index + 1}_form.sql`, new TextEncoder().encode(text)),
      );
      const { findings } = await lint(files, {
        rules: activeRules(allRules, {}),
        ruleIds: allRules.map(({ id }) => id),
      });
      const own = findings.filter(({ file }) => file === '0002_form.sql');
      if (own.some(({ severity }) => severity === 'error')) lintErrors.add(name);
      if (own.some(({ severity, kind }) => severity !== 'info' && kind !== 'policy')) lintFinds.add(name);
    }
    const schema = schemaOf(TABLES);
    workspace.write({ 'migrations/0001_tables.sql': schema });
    const { problems } = await validate({
      wrangler: targetIn(workspace).wrangler,
      files: ['0001_tables.sql', ...Object.keys(MIGRATIONS)].map((name, index) => ({
        name,
        number: index + 1,
        path: join(workspace.root, 'migrations', name),
      })),
      schemaFile: join(workspace.root, 'schema.sql'),
      write: false,
    });
    invalid = problems
      .filter(({ severity }) => severity === 'error')
      .map(({ file, line }) => ({ migration: basename(file), line }));
  }, 600_000);

  it.each(FORMS)('is found by a rehearsal: $name', (form) => {
    const { losses, error } = result.migrations.find(({ name }) => name === form.file) ?? { losses: [] };
    expect(error).toBeUndefined();
    const found = losses
      .filter((loss) => isOf(form, loss))
      .map(
        ({ count, what, table, column, line = 0, reason }) =>
          `${count} ${what} ${table}${column === undefined ? '' : `.${column}`}:${line - form.offset}${reason === undefined ? '' : ` (${reason})`}`,
      );
    expect(found).toEqual(form.lost);
  });

  const unannouncedIn = ({ losses }: { readonly losses: readonly (Loss | PlacedLoss)[] }) =>
    losses.filter(({ reason }) => reason === undefined);

  const isFoundLocally = (form: PlacedForm) =>
    unannouncedIn(local).some((loss) => 'line' in loss && isOf(form, loss));

  const isCounted = (form: PlacedForm) => {
    const own = new RegExp(`\\D${form.index + 1}$`);
    const tables = tablesOf(form);
    return unannouncedIn(production).some(({ table }) =>
      isLoss(form) ? tables.includes(table) : form.tables !== '' && own.test(table),
    );
  };

  const observed = (): readonly ObservedForm[] =>
    FORMS.map((form) => ({
      ...form,
      isLoss: isLoss(form),
      lint: lintFinds.has(form.name),
      counted: isCounted(form),
    }));

  it('is found by migrate on a local database, and by nothing where nothing is lost', () => {
    expect(local.outcome).toBe('rows-lost');
    expect(FORMS.filter((form) => isFoundLocally(form) !== isLoss(form)).map(({ name }) => name)).toEqual([]);
  });

  it('is found by lint and by counting, or the form says why it cannot be', () => {
    expect(production.outcome).toBe('rows-lost');
    const wrong = observed()
      .filter((form) => form.isLoss)
      .flatMap(({ name, lint: seen, unseenByLint, counted, uncounted }) => [
        ...(seen === (unseenByLint === undefined)
          ? []
          : [`lint ${seen ? 'finds' : 'does not find'}: ${name}`]),
        ...(counted === (uncounted === undefined)
          ? []
          : [`counting ${counted ? 'finds' : 'does not find'}: ${name}`]),
      ]);
    expect(wrong).toEqual([]);
  });

  it('stops none of the harmless twins, anywhere', () => {
    const twins = FORMS.filter((form) => !isLoss(form));
    const stopped = twins.flatMap((form) => [
      ...(lintErrors.has(form.name) === (form.stoppedByLint === undefined) ? [`lint: ${form.name}`] : []),
      ...(invalid.some((place) => isOf(form, place)) ? [`validate: ${form.name}`] : []),
      ...(isCounted(form) ? [`counting: ${form.name}`] : []),
    ]);
    expect(stopped).toEqual([]);
  });

  it('fills a page, which is current: UPDATE_LOSSES=1 writes it', async () => {
    const page = await format(lossPage(observed()), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    if (process.env['UPDATE_LOSSES'] === '1') writeFileSync(PAGE, page);
    expect(FORMS.filter(isLoss).length).toBeGreaterThanOrEqual(60);
    expect(
      FORMS.filter((form) => !isLoss(form) && form.stoppedByLint === undefined).length,
    ).toBeGreaterThanOrEqual(40);
    if (!isOldest) expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(page);
  });
  it('and stops with what has to be announced, and where', () => {
    expect(result.outcome).toBe('lost-rows');
    const text = terminalText(describeRehearsal(result));
    expect(text).toMatch(/✖ b1 +3 → 1 +2 rows lost +not announced/);
    expect(text).toMatch(/✖ a5 +3 → 3 +3 values of name lost +not announced/);
    expect(text).toMatch(/! a19 +3 → 3 +1 value of name lost +announced: new names/);
    expect(text).toMatch(/\d_forms\.sql:\d+: DROP TABLE a16 \(a16\)/);
    expect(text).toContain('  -- d1-migrate: expect-values-changed a5.name: <reason>');
    expect(result.unaddressed).toEqual(
      expect.arrayContaining(['a11', 'b1', 'b12', 'b27', 'b28', 'b6', 'b7', 'b8']),
    );
  });

  it('and shows a few of them on the terminal, and none in what is written down', () => {
    const text = terminalText(describeRehearsal(result));
    expect(text).toMatch(/b1 +id = 1 +gone/);
    expect(text).toMatch(/a22\.code +id = 1 +'007' → 7/);
    expect(JSON.stringify(rehearseDocument(result))).not.toMatch(/'007'|examples/);
  });

  it('and counts what the statements say themselves', () => {
    expect(result.migrations.flatMap(({ intended }) => intended)).toContainEqual({
      table: 'a24',
      column: 'name',
      count: 3,
    });
    expect(terminalText(describeRehearsal(result))).toMatch(/a24\.name +3 values/);
  });
});
