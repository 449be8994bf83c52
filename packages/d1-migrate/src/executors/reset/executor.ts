import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { ResetExecutorOptions } from './schema.d.ts';

export default executor<ResetExecutorOptions>({
  name: 'reset',
  pluginVersion,
  load: async () => (await import('./run.ts')).runReset,
});
