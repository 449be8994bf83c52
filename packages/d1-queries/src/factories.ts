import { factoryOf } from 'd1-core/generators';
import { PLUGIN } from './commands/index.ts';
import { initGenerator } from './generators/init/generator.ts';

const init = factoryOf(PLUGIN, initGenerator);

/** What generators.json names. As a list: ESLint's check of it finds no others but functions that are written out. */
export { init };
