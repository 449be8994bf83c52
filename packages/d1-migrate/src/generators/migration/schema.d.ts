import type { ColumnType, Template } from '../../migration-template/index.ts';

export interface MigrationGeneratorSchema {
  name: string;
  template?: Template;
  table?: string;
  columns?: string[];
  type?: ColumnType;
  to?: string;
  view?: string;
  rollback?: boolean;
  project?: string;
  database?: string;
}
