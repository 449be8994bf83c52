import { COMMANDS as BACKUP } from 'd1-backup/source';
import { COMMANDS as LINT } from 'd1-lint/source';
import { COMMANDS as MIGRATE } from 'd1-migrate/source';
import { commandsWithTarget, executorsJson, schemaOf, type CommandTable } from 'd1-core/command';
import type { WrittenFiles } from './written-files.ts';

/** The tables of commands from which executors, schemas and pages are written. */
export const TABLES: readonly CommandTable[] = [MIGRATE, LINT, BACKUP];

/** executors.json and the JSON schemas of a package, from its commands. */
export const executors = (): WrittenFiles => ({
  texts: new Map(
    TABLES.flatMap((table) => [
      [`packages/${table.name}/executors.json`, JSON.stringify(executorsJson(table))] as const,
      ...commandsWithTarget(table).map(
        (command) =>
          [
            `packages/${table.name}/schemas/${command.name}.json`,
            JSON.stringify(schemaOf(table, command)),
          ] as const,
      ),
    ]),
  ),
});
