import { isOurTable } from 'd1-core/history';
import { schemaOf, type Schema } from 'd1-core/schema';
import type { Survey } from './status.ts';

/** The schema that a survey has found, without the tables of the tools. Asks the database nothing. */
export const surveySchema = ({ state, target }: Survey): Promise<Schema> =>
  schemaOf(state.catalog.filter(({ table }) => !isOurTable(table, target.database.migrationsTable)));
