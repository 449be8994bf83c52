import { factoryOf } from 'd1-core/generators';
import { PLUGIN } from './commands/index.ts';
import { initGenerator } from './generators/init/generator.ts';

/** What generators.json names. */
export const init = factoryOf(PLUGIN, initGenerator);
