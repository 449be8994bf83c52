import type { SchemaWorkbench } from 'd1-core/schema';
import type { Intent } from './intents.ts';
import { statementsOf } from './statements-of.ts';

/** The statements of those intents that the schema allows. They are run on the workbench. */
export function writeMigration(bench: SchemaWorkbench, intents: readonly Intent[]): readonly string[] {
  return intents.flatMap((intent) => {
    const statements = statementsOf(intent, bench.schema());
    return statements.length > 0 && bench.attempt(statements) ? statements : [];
  });
}
