export interface AdoptGeneratorSchema {
  strategy?: 'report' | 'renumber' | 'restart';
  environment?: string;
  project?: string;
  database?: string;
  environments?: 'local' | 'all';
}
