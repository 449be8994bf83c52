import {
  type CatalogEntry,
  createObjects,
  objectEntries,
  openMemoryDatabase,
  openReplay,
  type Schema,
} from 'd1-core/schema';
import { loadParser, loadTokenizer, splitStatements, type SyntaxNode } from 'd1-core/sql';
import { openShadow, type Shadow } from './shadow.ts';

/** A name that a migration gave to something. */
export interface Rename {
  readonly kind: 'table' | 'column';
  /** Of a column. */
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** A migration as it is run. */
export interface MigrationText {
  readonly name: string;
  readonly text: string;
}

/** The schema after one migration; the first step is the one before all. */
export interface SchemaStep {
  /** Undefined before the first. */
  readonly migration: MigrationText | undefined;
  readonly schema: Schema;
  readonly renames: readonly Rename[];
  /** A database with the schema, opened when it is first asked for. */
  shadow(): Promise<Shadow>;
}

export interface SchemaSteps {
  readonly steps: readonly SchemaStep[];
  readonly last: SchemaStep;
  /** The first migration that fails; it counts as not there. */
  readonly failure: { readonly migration: string; readonly message: string } | undefined;
  close(): void;
}

/**
 * Replays migrations in memory, from an empty database or from what `catalog` says is there. Costs about a millisecond a file, and one
 * more for each step that is asked about.
 */
export async function replaySteps(
  migrations: readonly MigrationText[],
  migrationsTable: string,
  catalog: readonly CatalogEntry[] = [],
): Promise<SchemaSteps> {
  const [parse, tokenize, replay] = await Promise.all([
    loadParser(),
    loadTokenizer(),
    openReplay({ migrationsTable, catalog }),
  ]);
  const open: Promise<Shadow>[] = [];
  const stepOf = (migration: MigrationText | undefined, renames: readonly Rename[]): SchemaStep => {
    const schema = replay.schema();
    let shadow: Promise<Shadow> | undefined;
    const start = () => {
      const opening = shadowOf(schema, migrationsTable);
      open.push(opening);
      return opening;
    };
    return { migration, schema, renames, shadow: () => (shadow ??= start()) };
  };
  const first = stepOf(undefined, []);
  const steps = [first];
  let failure: SchemaSteps['failure'];
  try {
    for (const migration of migrations) {
      const { text } = migration;
      const renames: Rename[] = [];
      for (const statement of splitStatements(tokenize(text))) {
        const parsed = await parse(text, statement);
        const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
        const result = replay.run({ text, statement, tree });
        if (result.outcome === 'failed') failure ??= { migration: migration.name, message: result.message };
        renames.push(...(tree === undefined ? [] : renamesOf(tree)));
      }
      replay.endFile();
      steps.push(stepOf(migration, renames));
    }
  } finally {
    replay.close();
  }
  return {
    steps,
    last: steps.at(-1) ?? first,
    failure,
    close: () => open.forEach((one) => void one.then((shadow) => shadow.close())),
  };
}

function renamesOf(tree: SyntaxNode): readonly Rename[] {
  if (!tree.is('AlterTableStmt')) return [];
  const table = tree.target.objectName.text;
  const to = tree.newName?.text ?? '';
  switch (tree.op) {
    case 'RENAME_TABLE':
      return [{ kind: 'table', table, from: table, to }];
    case 'RENAME_COLUMN':
      return [{ kind: 'column', table, from: tree.oldName?.text ?? '', to }];
    default:
      return [];
  }
}

async function shadowOf(schema: Schema, migrationsTable: string): Promise<Shadow> {
  const [database, strict] = await Promise.all([
    openMemoryDatabase(),
    openMemoryDatabase({ quotedTexts: false }),
  ]);
  const quoted = `"${migrationsTable.replaceAll('"', '""')}"`;
  const history = `CREATE TABLE ${quoted}(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;
  const entries = objectEntries(schema);
  database.exec(history);
  createObjects(database, entries);
  strict.exec(history);
  for (const entry of entries) {
    try {
      createObjects(strict, [entry]);
    } catch {
      // A view or trigger that has texts in double quotes: what uses it, this database does not judge.
    }
  }
  return openShadow(database, strict, schema);
}
