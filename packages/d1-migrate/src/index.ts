/** What other plugins compose with. The targets are inferred by `d1-migrate/plugin`. */
export { default as initGenerator } from './generators/init/generator.ts';
export type { InitGeneratorSchema } from './generators/init/schema.d.ts';
export { default as migrationGenerator } from './generators/migration/generator.ts';
export type { MigrationGeneratorSchema } from './generators/migration/schema.d.ts';
export { default as renumberGenerator } from './generators/renumber/generator.ts';
export type { RenumberGeneratorSchema } from './generators/renumber/schema.d.ts';
