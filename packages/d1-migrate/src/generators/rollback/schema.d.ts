export interface RollbackGeneratorSchema {
  migration?: string | number;
  project?: string;
  database?: string;
  force?: boolean;
  capture?: boolean;
}
