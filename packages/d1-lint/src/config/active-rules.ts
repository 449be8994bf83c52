import type { Rule } from '../engine/rule.ts';
import type { ActiveRule } from '../engine/run-rules.ts';
import type { PresetName } from '../words.ts';
import type { LintConfig } from './config.ts';

/** `history/*` for `history/gap`: what a config calls all rules of a group. */
const groupOf = (id: string): string => `${id.split('/', 1)[0] ?? ''}/*`;

export const groupsOf = (ids: readonly string[]): readonly string[] => [...new Set(ids.map(groupOf))];

/** The rules that a config switches on, with its severities: of a rule, or else of its group, or else of the preset. */
export function activeRules(
  rules: readonly Rule[],
  { preset, rules: settings = {} }: LintConfig,
): ActiveRule[] {
  return rules.flatMap((rule) => {
    const isOn = isInPreset(rule, preset ?? 'recommended');
    const severity = settings[rule.id] ?? (isOn ? (settings[groupOf(rule.id)] ?? rule.severity) : 'off');
    return severity === 'off' ? [] : [{ rule, severity }];
  });
}

/** The rules of the group `meta` belong to every preset: they are about the linting itself. */
export function isInPreset({ id, kind, preset = 'recommended' }: Rule, name: PresetName): boolean {
  switch (name) {
    case 'strict':
      return true;
    case 'recommended':
      return preset === 'recommended';
    case 'engine-only':
      return (preset === 'recommended' && kind === 'engine') || id.startsWith('meta/');
  }
}
