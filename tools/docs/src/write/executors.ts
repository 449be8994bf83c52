import { COMMANDS as BACKUP } from 'd1-backup/commands';
import { GENERATOR_TABLE as BACKUP_GENERATORS } from 'd1-backup/generators';
import { commandsWithTarget, type CommandTable, type GeneratorTable } from 'd1-core/command';
import type { NxSite } from 'd1-core/generators';
import { GENERATOR_TABLE as FLEET_GENERATORS } from 'd1-fleet/generators';
import { COMMANDS as FLEET } from 'd1-fleet/commands';
import { GENERATOR_TABLE as LINT_GENERATORS } from 'd1-lint/generators';
import { COMMANDS as LINT } from 'd1-lint/commands';
import { GENERATOR_TABLE as MIGRATE_GENERATORS } from 'd1-migrate/generators';
import { COMMANDS as MIGRATE } from 'd1-migrate/commands';
import { GENERATOR_TABLE as QUERIES_GENERATORS } from 'd1-queries/generators';
import { COMMANDS as QUERIES } from 'd1-queries/commands';
import { executorsJson, generatorSchemaOf, generatorsJson, schemaOf } from './package-schemas.ts';
import type { WrittenFiles } from './written-files.ts';

/** The tables of commands from which executors, schemas and pages are written. */
export const TABLES: readonly CommandTable[] = [MIGRATE, LINT, QUERIES, BACKUP, FLEET];

/** The same for generators. */
export const GENERATOR_TABLES: readonly GeneratorTable<NxSite>[] = [
  MIGRATE_GENERATORS,
  LINT_GENERATORS,
  BACKUP_GENERATORS,
  FLEET_GENERATORS,
  QUERIES_GENERATORS,
];

/** executors.json, generators.json and the JSON schemas of a package, from its commands and generators. */
export const executors = (): WrittenFiles => {
  const commands = TABLES.flatMap((table) => [
    [`packages/${table.name}/executors.json`, executorsJson(table)] as const,
    ...commandsWithTarget(table).map(
      (command) => [`packages/${table.name}/schemas/${command.name}.json`, schemaOf(table, command)] as const,
    ),
  ]);
  const generators = GENERATOR_TABLES.flatMap((table) => [
    [`packages/${table.name}/generators.json`, generatorsJson(table)] as const,
    ...table.generators.map(
      (generator) =>
        [
          `packages/${table.name}/schemas/generators/${generator.name}.json`,
          generatorSchemaOf(table, generator),
        ] as const,
    ),
  ]);
  return {
    texts: new Map([...commands, ...generators].map(([path, json]) => [path, JSON.stringify(json)])),
  };
};
