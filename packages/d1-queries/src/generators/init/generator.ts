import { initGeneratorOf } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

/** Sets the plugin up in a workspace. */
export const initGenerator = initGeneratorOf(PLUGIN);
