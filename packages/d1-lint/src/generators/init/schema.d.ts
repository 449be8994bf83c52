import type { PresetName } from '../../words.ts';

export interface InitGeneratorOptions {
  readonly lintTargetName?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly skipFormat?: boolean | undefined;
}
