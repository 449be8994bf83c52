import type { MigrationFile } from 'd1-core/migrations';
import { diffSchemas, type Schema, type SchemaChange } from 'd1-core/schema';
import type { Tokenize } from 'd1-core/sql';
import type { MigrationStep } from '../invert/index.ts';

/** How the schema of a database relates to what the migrations give. */
export type Match =
  /** It is what the migrations up to this one give. */
  | { readonly outcome: 'found'; readonly last: MigrationFile }
  /** Several migrations give the same schema: the later ones change rows alone. */
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly MigrationFile[] }
  /** `differences` are those to the migration that comes nearest. */
  | {
      readonly outcome: 'none';
      readonly nearest: MigrationFile | undefined;
      readonly differences: readonly SchemaChange[];
    };

export interface MatchRequest {
  readonly steps: readonly MigrationStep[];
  readonly actual: Schema;
  readonly tokenize: Tokenize;
  /** Differences that somebody has accepted. */
  readonly isAccepted: (change: SchemaChange) => boolean;
}

/** Finds the migration behind which a schema is as it is here. */
export function findMatch(request: MatchRequest): Match {
  const compared = request.steps.map((step) => ({ step, differences: differencesTo(step, request) }));
  const equal = compared.filter(({ differences }) => differences.length === 0).map(({ step }) => step.file);
  const [only, ...others] = equal;
  if (only !== undefined && others.length === 0) return { outcome: 'found', last: only };
  if (only !== undefined) return { outcome: 'ambiguous', candidates: equal };
  const fewest = Math.min(...compared.map(({ differences }) => differences.length));
  const best = compared.findLast(({ differences }) => differences.length === fewest);
  return { outcome: 'none', nearest: best?.step.file, differences: best?.differences ?? [] };
}

/** What the database has more, less or otherwise than the migrations up to a step give. */
export const differencesTo = (
  { after }: MigrationStep,
  { actual, tokenize, isAccepted }: MatchRequest,
): readonly SchemaChange[] => diffSchemas(after, actual, tokenize).filter((change) => !isAccepted(change));
