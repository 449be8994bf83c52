import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { AuditExecutorOptions } from './schema.d.ts';

export default executor<AuditExecutorOptions>({
  name: 'audit',
  pluginVersion,
  load: async () => (await import('./run.ts')).runAudit,
});
