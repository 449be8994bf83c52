import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { ValidateExecutorOptions } from './schema.d.ts';

export default executor<ValidateExecutorOptions>({
  name: 'validate',
  pluginVersion,
  load: async () => (await import('./run.ts')).runValidate,
});
