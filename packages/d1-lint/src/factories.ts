import { factoryOf } from 'd1-core/generators';
import { initGenerator } from './generators/init/generator.ts';

const init = factoryOf({ name: 'd1-lint/plugin', targets: [] }, initGenerator);

/** What generators.json names. As a list: ESLint's check of it finds no others but functions that are written out. */
export { init };
