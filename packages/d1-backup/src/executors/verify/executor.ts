import { executor } from 'd1-core/executor';
import { pluginVersion } from '../../plugin-version.ts';
import type { VerifyExecutorOptions } from './schema.d.ts';

export default executor<VerifyExecutorOptions>({
  name: 'verify',
  pluginVersion,
  load: async () => (await import('./run.ts')).runVerify,
});
