import type { Rule } from '../engine/rule.ts';
import type { ActiveRule } from '../engine/run-rules.ts';
import type { PresetName } from '../words.ts';
import type { LintConfig } from './config.ts';

/** The rules that a config switches on, with its severities. */
export function activeRules(
  rules: readonly Rule[],
  { preset, rules: settings = {} }: LintConfig,
): ActiveRule[] {
  return rules.flatMap((rule) => {
    const severity = settings[rule.id] ?? (isInPreset(rule, preset ?? 'recommended') ? rule.severity : 'off');
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
