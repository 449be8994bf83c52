import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { PlanExecutorOptions } from './schema.d.ts';

export default executor<PlanExecutorOptions>({
  name: 'plan',
  pluginVersion,
  load: async () => (await import('./run.ts')).runPlan,
});
