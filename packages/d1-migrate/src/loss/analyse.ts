import { readDirectives, readMigration, type Directive, type MigrationFile } from 'd1-core/migrations';
import type { Schema } from 'd1-core/schema';
import { lineIndex, loadParser, loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import { effectOf, type Effect } from './effect.ts';

export interface AnalysedStatement {
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  readonly effect: Effect;
}

/** A migration, with what each of its statements does to tables. */
export interface AnalysedMigration {
  readonly file: MigrationFile;
  readonly statements: readonly AnalysedStatement[];
  readonly directives: readonly Directive[];
}

/** Reads what migrations do, without running them. */
export async function analyseMigrations(
  files: readonly MigrationFile[],
): Promise<readonly AnalysedMigration[]> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const analysed: AnalysedMigration[] = [];
  for (const file of files) {
    const migration = readMigration(file);
    const { text } = migration;
    const lines = lineIndex(text);
    const statements: AnalysedStatement[] = [];
    for (const statement of splitStatements(tokenize(text))) {
      const parsed = await parse(text, statement);
      statements.push({
        text: statementText(text, statement),
        line: lines.positionAt(statement.start).line,
        effect: effectOf(parsed.outcome === 'parsed' ? parsed.tree : undefined),
      });
    }
    const { directives } = readDirectives(migration, tokenize);
    analysed.push({ file, statements, directives });
  }
  return analysed;
}

/** The triggers of a schema, as the statements that make them. */
export async function triggersOf(schema: Schema): Promise<readonly Watching[]> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const found: Watching[] = [];
  for (const object of schema.objects()) {
    if (object.kind !== 'trigger') continue;
    for (const statement of splitStatements(tokenize(object.sql))) {
      const parsed = await parse(object.sql, statement);
      const effect = effectOf(parsed.outcome === 'parsed' ? parsed.tree : undefined);
      if (effect.kind === 'watches') found.push(effect);
    }
  }
  return found;
}

export type Watching = Extract<Effect, { readonly kind: 'watches' }>;
