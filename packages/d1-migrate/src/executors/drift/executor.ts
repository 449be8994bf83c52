import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { DriftExecutorOptions } from './schema.d.ts';

export default executor<DriftExecutorOptions>({
  name: 'drift',
  pluginVersion,
  load: async () => (await import('./run.ts')).runDrift,
});
