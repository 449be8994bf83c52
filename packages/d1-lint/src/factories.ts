import { factoryOf } from 'd1-core/generators';
import { initGenerator } from './generators/init/generator.ts';

/** What generators.json names. */
export const init = factoryOf({ name: 'd1-lint/plugin', targets: [] }, initGenerator);
