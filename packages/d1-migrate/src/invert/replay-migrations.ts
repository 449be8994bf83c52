import type { MigrationFile } from 'd1-core/migrations';
import { readMigration } from 'd1-core/migrations';
import { openReplay, type Schema } from 'd1-core/schema';
import {
  lineIndex,
  loadParser,
  loadTokenizer,
  splitStatements,
  statementText,
  type SyntaxNode,
} from 'd1-core/sql';

/** A statement of a migration, with the schema before and after it. */
export interface MigrationStatement {
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  /** Undefined where the parser did not take it. */
  readonly tree: SyntaxNode | undefined;
  readonly before: Schema;
  readonly after: Schema;
}

/** What a migration makes of a schema. */
export interface MigrationStep {
  readonly file: MigrationFile;
  /** SHA-256 of the tokens of the file. */
  readonly checksum: string;
  readonly statements: readonly MigrationStatement[];
  readonly before: Schema;
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
      const lines = lineIndex(text);
      const first = replay.schema();
      let before = first;
      let failure: MigrationStep['failure'];
      const statements: MigrationStatement[] = [];
      for (const statement of splitStatements(tokenize(text))) {
        const { line } = lines.positionAt(statement.start);
        const parsed = await parse(text, statement);
        const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
        const result = replay.run({ text, statement, tree });
        if (result.outcome === 'failed') failure ??= { line, message: result.message };
        const after = replay.schema();
        statements.push({ text: statementText(text, statement), line, tree, before, after });
        before = after;
      }
      const checksum = migration.checksums(tokenize).tokens;
      steps.push({ file, checksum, statements, before: first, after: before, failure });
    }
    return steps;
  } finally {
    replay.close();
  }
}
