import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { BackupExecutorOptions } from './schema.d.ts';

export default executor<BackupExecutorOptions>({
  name: 'backup',
  pluginVersion,
  load: async () => (await import('./run.ts')).runBackup,
});
