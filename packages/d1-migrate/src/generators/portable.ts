import { adoptGenerator } from './adopt/generator.ts';
import { ciGenerator } from './ci/generator.ts';
import { migrationGenerator } from './migration/generator.ts';
import { rebuildTableGenerator } from './rebuild-table/generator.ts';
import { renumberGenerator } from './renumber/generator.ts';
import { rollbackScriptGenerator } from './rollback-script/generator.ts';

/** The generators that need no Nx. */
export const GENERATORS = [
  migrationGenerator,
  rollbackScriptGenerator,
  rebuildTableGenerator,
  renumberGenerator,
  adoptGenerator,
  ciGenerator,
] as const;
