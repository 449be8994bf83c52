import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { StatusExecutorOptions } from './schema.d.ts';

export default executor<StatusExecutorOptions>({
  name: 'status',
  pluginVersion,
  load: async () => (await import('./run.ts')).runStatus,
});
