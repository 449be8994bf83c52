import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { PruneExecutorOptions } from './schema.d.ts';

export default executor<PruneExecutorOptions>({
  name: 'prune',
  pluginVersion,
  load: async () => (await import('./run.ts')).runPrune,
});
