import { commandLine } from 'd1-core/door';
import { D1Error, nearest, isObject } from 'd1-core/errors';
import { PRESETS, RULE_SETTINGS, type RuleSetting } from '../words.ts';
import { groupsOf } from './active-rules.ts';
import type { LintConfig } from './config.ts';
import { DROPPED_RULES, RENAMED_OPTIONS } from './renamed.ts';

const OPTIONS = ['$schema', 'preset', 'rules', 'startAfter', 'accepted'];

/**
 * Checks what a config file or an option holds. `source` names it in errors: a path, or the option.
 * Throws D1Error `invalid-lint-config`, and `unknown-rule` for a rule id that does not exist.
 */
export function checkConfig(value: unknown, source: string, ruleIds: readonly string[]): LintConfig {
  const config = asObject(value, 'The config', source);
  checkName(Object.keys(config), OPTIONS, 'option', source, 'invalid-lint-config');
  const { $schema, preset, rules, startAfter, accepted } = config;
  return {
    $schema: optionalText($schema, '$schema', source),
    preset: preset === undefined ? undefined : choice(preset, PRESETS, 'preset', source),
    rules: rules === undefined ? undefined : checkRules(rules, source, ruleIds),
    startAfter: optionalText(startAfter, 'startAfter', source),
    accepted: optionalText(accepted, 'accepted', source),
  };
}

function checkRules(value: unknown, source: string, ruleIds: readonly string[]): Record<string, RuleSetting> {
  const rules = asObject(value, 'The option "rules"', source);
  checkName(Object.keys(rules), [...ruleIds, ...groupsOf(ruleIds)], 'rule', source, 'unknown-rule');
  return Object.fromEntries(
    Object.entries(rules).map(([id, setting]) => [id, choice(setting, RULE_SETTINGS, id, source)]),
  );
}

function checkName(
  names: readonly string[],
  known: readonly string[],
  kind: string,
  source: string,
  code: string,
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const dropped = kind === 'rule' ? DROPPED_RULES[unknown] : undefined;
  const renamed = kind === 'option' ? RENAMED_OPTIONS[unknown] : undefined;
  if (dropped !== undefined || renamed !== undefined)
    throw new D1Error({
      code,
      message:
        dropped === undefined
          ? `The option "${unknown}" is now called "${renamed}".`
          : `The rule "${unknown}" is gone: ${dropped}.`,
      fix: dropped === undefined ? `Write "${renamed}".` : `Remove "${unknown}" from the config.`,
      exitCode: 2,
      location: { file: source },
    });
  const meant = nearest(unknown, known) ?? withoutGroup(unknown, known);
  throw new D1Error({
    code,
    message: `There is no ${kind} "${unknown}".`,
    fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}${kind === 'rule' ? `Run "${commandLine('d1-lint:rules')}" for the list.` : `Known: ${known.join(', ')}.`}`,
    exitCode: 2,
    location: { file: source },
  });
}

/** "drop-tabel" and "schema/drop-table" both mean "data/drop-table". */
function withoutGroup(name: string, known: readonly string[]): string | undefined {
  const last = (id: string) => id.slice(id.lastIndexOf('/') + 1);
  const meant = nearest(last(name), known.map(last));
  return meant === undefined ? undefined : known.find((id) => last(id) === meant);
}

function choice<Value extends string>(
  value: unknown,
  known: readonly Value[],
  name: string,
  source: string,
): Value {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  throw invalid(
    `"${name}" is ${JSON.stringify(value)}.`,
    `${meant === undefined ? '' : `Did you mean "${meant}"? `}Write one of: ${known.join(', ')}.`,
    source,
  );
}

function optionalText(value: unknown, name: string, source: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw invalid(`"${name}" is ${JSON.stringify(value)}.`, 'Write a text that is not empty.', source);
}

function asObject(value: unknown, what: string, source: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw invalid(`${what} is not an object.`, 'Write { "preset": "recommended" }.', source);
}

const invalid = (message: string, fix: string, file: string) =>
  new D1Error({ code: 'invalid-lint-config', message, fix, exitCode: 2, location: { file } });
