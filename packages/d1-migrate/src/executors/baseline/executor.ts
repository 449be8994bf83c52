import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { BaselineExecutorOptions } from './schema.d.ts';

export default executor<BaselineExecutorOptions>({
  name: 'baseline',
  pluginVersion,
  load: async () => (await import('./run.ts')).runBaseline,
});
