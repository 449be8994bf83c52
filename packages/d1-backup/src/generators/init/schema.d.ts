export interface InitGeneratorSchema {
  project?: string;
  updatePackageScripts?: boolean;
  keepExistingVersions?: boolean;
  skipPackageJson?: boolean;
  skipFormat?: boolean;
}
