import { executor } from 'd1-core/command';
import { pluginVersion } from '../../plugin-version.ts';
import type { SchemaDocsExecutorOptions } from './schema.d.ts';

export default executor<SchemaDocsExecutorOptions>({
  name: 'schema-docs',
  pluginVersion,
  load: async () => (await import('./run.ts')).runSchemaDocs,
});
