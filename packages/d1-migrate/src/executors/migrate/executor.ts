import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { MigrateExecutorOptions } from './schema.d.ts';

export default executor<MigrateExecutorOptions>({
  name: 'migrate',
  pluginVersion,
  load: async () => (await import('./run.ts')).runMigrate,
});
