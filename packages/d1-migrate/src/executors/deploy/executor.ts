import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { DeployExecutorOptions } from './schema.d.ts';

export default executor<DeployExecutorOptions>({
  name: 'deploy',
  pluginVersion,
  load: async () => (await import('./run.ts')).runDeploy,
});
