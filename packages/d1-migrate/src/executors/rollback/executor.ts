import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { RollbackExecutorOptions } from './schema.d.ts';

export default executor<RollbackExecutorOptions>({
  name: 'rollback',
  pluginVersion,
  load: async () => (await import('./run.ts')).runRollback,
});
