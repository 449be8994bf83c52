import { ignoreFolder, initGeneratorOf } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

/** Sets the plugin up in a workspace, and keeps what was seen of the fleets out of git. */
export const initGenerator = initGeneratorOf(PLUGIN, ({ tree }) => ignoreFolder(tree, '.d1/fleet'));
