import { factoryOf } from 'd1-core/generators';
import { GENERATORS } from './generators/portable.ts';
import { initGenerator } from './generators/init/generator.ts';
import { PLUGIN } from './commands/index.ts';

const [ofMigration, ofRollbackScript, ofRebuildTable, ofRenumber, ofAdopt, ofCi] = GENERATORS;

/** What generators.json names. */
export const migration = factoryOf(PLUGIN, ofMigration);
export const rollbackScript = factoryOf(PLUGIN, ofRollbackScript);
export const rebuildTable = factoryOf(PLUGIN, ofRebuildTable);
export const renumber = factoryOf(PLUGIN, ofRenumber);
export const adopt = factoryOf(PLUGIN, ofAdopt);
export const ci = factoryOf(PLUGIN, ofCi);
export const init = factoryOf(PLUGIN, initGenerator);
