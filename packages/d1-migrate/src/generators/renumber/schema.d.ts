export interface RenumberGeneratorSchema {
  project?: string;
  database?: string;
  environments?: 'local' | 'all';
}
