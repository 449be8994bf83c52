import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { UnlockExecutorOptions } from './schema.d.ts';

export default executor<UnlockExecutorOptions>({
  name: 'unlock',
  pluginVersion,
  load: async () => (await import('./run.ts')).runUnlock,
});
