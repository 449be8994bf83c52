import type { EditOptions } from '../../rebuild-table/index.ts';

export interface RebuildTableGeneratorSchema extends EditOptions {
  table: string;
  name?: string;
  project?: string;
  database?: string;
}
