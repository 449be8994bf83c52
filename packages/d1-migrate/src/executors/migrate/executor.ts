import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { MigrateExecutorOptions } from './schema.d.ts';

export default executor<MigrateExecutorOptions>({
  name: 'migrate',
  pluginVersion,
  load: async () => (await import('./run.ts')).runMigrate,
});
