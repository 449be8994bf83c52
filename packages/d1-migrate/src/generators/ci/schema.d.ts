export interface CiGeneratorSchema {
  project?: string;
  environment?: string;
  database?: string;
  branch?: string;
  name?: string;
}
