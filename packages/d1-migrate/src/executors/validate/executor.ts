import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { ValidateExecutorOptions } from './schema.d.ts';

export default executor<ValidateExecutorOptions>({
  name: 'validate',
  pluginVersion,
  load: async () => (await import('./run.ts')).runValidate,
});
