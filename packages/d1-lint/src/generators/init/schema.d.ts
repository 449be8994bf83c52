import type { PresetName } from '../../config/config.ts';

export interface InitGeneratorOptions {
  readonly lintTargetName?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly skipFormat?: boolean | undefined;
}
