import { readDirectives, readMigration, type MigrationFile, type CapturedKind } from 'd1-core/migrations';
import { openReplay, type Schema } from 'd1-core/schema';
import {
  lineIndex,
  loadParser,
  loadTokenizer,
  splitStatements,
  statementText,
  type SyntaxNode,
} from 'd1-core/sql';

/** A statement of a migration, with the schema before and after it. Those after one that fails are tried too. */
export interface MigrationStatement {
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  /** Undefined where the parser did not take it. */
  readonly tree: SyntaxNode | undefined;
  readonly before: Schema;
  readonly after: Schema;
  /** Where the migration keeps what the statement changes. */
  readonly captured: readonly Capture[];
}

/** What a statement takes from a table, and the table in which the migration keeps it. */
export interface Capture {
  readonly what: CapturedKind;
  readonly table: string;
  readonly undo: string;
}

/** What a migration makes of a schema. */
export interface MigrationStep {
  readonly file: MigrationFile;
  /** SHA-256 of the tokens of the file. */
  readonly checksum: string;
  readonly statements: readonly MigrationStatement[];
  readonly before: Schema;
  /** The same as `before` where the migration fails: D1 rolls back all of it. */
  readonly after: Schema;
  /** SQLite's words on the first statement that fails on an empty database, and its line. */
  readonly failure: { readonly line: number; readonly message: string } | undefined;
}

/** Runs all migrations in memory, in order, to know the schema around each. Costs about a millisecond a file. */
export async function replayMigrations(files: readonly MigrationFile[]): Promise<readonly MigrationStep[]> {
  const [parse, tokenize, replay] = await Promise.all([loadParser(), loadTokenizer(), openReplay()]);
  try {
    const steps: MigrationStep[] = [];
    for (const file of files) {
      const migration = readMigration(file);
      const { text } = migration;
      const { directives } = readDirectives(migration, tokenize);
      const lines = lineIndex(text);
      const first = replay.schema();
      let before = first;
      let failure: MigrationStep['failure'];
      const statements: MigrationStatement[] = [];
      for (const [index, statement] of splitStatements(tokenize(text)).entries()) {
        const { line } = lines.positionAt(statement.start);
        const parsed = await parse(text, statement);
        const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
        const result = replay.run({ text, statement, tree });
        if (result.outcome === 'failed') failure ??= { line, message: result.message };
        const after = replay.schema();
        const captured = directives.filter((one) => one.statement === index);
        statements.push({
          text: statementText(text, statement),
          line,
          tree,
          before,
          after,
          captured: captured.flatMap((one) => (one.name === 'captured' ? [one] : [])),
        });
        before = after;
      }
      replay.endFile();
      const checksum = migration.checksums(tokenize).tokens;
      steps.push({ file, checksum, statements, before: first, after: replay.schema(), failure });
    }
    return steps;
  } finally {
    replay.close();
  }
}
