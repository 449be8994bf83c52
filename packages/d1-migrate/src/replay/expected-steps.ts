import { schemaOf, type Schema } from 'd1-core/schema';
import type { Survey } from '../survey/index.ts';
import { replayMigrations, type MigrationStep } from './replay-migrations.ts';

/** What the applied migrations mean, in the order in which they were applied. */
export type Expected =
  | { readonly outcome: 'known'; readonly steps: readonly MigrationStep[]; readonly schema: Schema }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** Replays what is applied. Unknown where a file is not here, or is not the one that was applied. */
export async function expectedSteps({ files, state, migrations }: Survey): Promise<Expected> {
  const other = migrations.find(
    ({ state: found }) => found === 'missing' || found === 'modified' || found === 'unknown',
  );
  if (other !== undefined) return { outcome: 'unknown', reason: `${other.name} is ${other.state} here` };
  const applied = state.history.flatMap(({ name }) => files.find((file) => file.name === name) ?? []);
  const steps = await replayMigrations(applied);
  const failed = steps.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) {
    const reason = `${failed.file.name} cannot be replayed: ${failed.failure?.message}`;
    return { outcome: 'unknown', reason };
  }
  return { outcome: 'known', steps, schema: steps.at(-1)?.after ?? (await schemaOf([])) };
}
