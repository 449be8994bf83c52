import { factoryOf } from 'd1-core/generators';
import { GENERATORS } from './generators/portable.ts';
import { initGenerator } from './generators/init/generator.ts';
import { PLUGIN } from './commands/index.ts';

const [ofMigration, ofRollbackScript, ofRebuildTable, ofRenumber, ofAdopt, ofCi] = GENERATORS;

const migration = factoryOf(PLUGIN, ofMigration);
const rollbackScript = factoryOf(PLUGIN, ofRollbackScript);
const rebuildTable = factoryOf(PLUGIN, ofRebuildTable);
const renumber = factoryOf(PLUGIN, ofRenumber);
const adopt = factoryOf(PLUGIN, ofAdopt);
const ci = factoryOf(PLUGIN, ofCi);
const init = factoryOf(PLUGIN, initGenerator);

/** What generators.json names. As a list: ESLint's check of it finds no others but functions that are written out. */
export { migration, rollbackScript, rebuildTable, renumber, adopt, ci, init };
