import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { RestoreExecutorOptions } from './schema.d.ts';

export default executor<RestoreExecutorOptions>({
  name: 'restore',
  pluginVersion,
  load: async () => (await import('./run.ts')).runRestore,
});
