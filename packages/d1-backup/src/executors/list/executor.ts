import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { ListExecutorOptions } from './schema.d.ts';

export default executor<ListExecutorOptions>({
  name: 'list',
  pluginVersion,
  load: async () => (await import('./run.ts')).runList,
});
