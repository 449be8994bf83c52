import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { HistoryExecutorOptions } from './schema.d.ts';

export default executor<HistoryExecutorOptions>({
  name: 'history',
  pluginVersion,
  load: async () => (await import('./run.ts')).runHistory,
});
