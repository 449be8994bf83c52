import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { RehearseExecutorOptions } from './schema.d.ts';

export default executor<RehearseExecutorOptions>({
  name: 'rehearse',
  pluginVersion,
  load: async () => (await import('./run.ts')).runRehearse,
});
