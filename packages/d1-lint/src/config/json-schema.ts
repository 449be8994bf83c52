import type { Kind } from '../engine/finding.ts';
import type { Rule } from '../engine/rule.ts';
import { groupsOf, isInPreset } from './active-rules.ts';
import { ACCEPTED_FILE, PRESETS, RULE_SETTINGS } from '../words.ts';

type Json = Readonly<Record<string, unknown>>;

/** The JSON schema of a config file, with which editors complete and check it. It is `config.schema.json`. */
export const configSchema = (rules: readonly Rule[]): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'D1LintConfig',
  title: 'Config of d1-lint',
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'The schema of this file, for editors.' },
    preset: {
      enum: PRESETS,
      default: 'recommended',
      description:
        'recommended: what D1 rejects or ignores, what endangers data, and policy that nearly every project wants. strict: all rules. engine-only: only what D1 rejects or ignores.',
    },
    rules: {
      type: 'object',
      description: 'Severity by rule; "d1-lint explain <rule>" tells more of one.',
      properties: Object.fromEntries([
        ...groupsOf(rules.map(({ id }) => id)).map((group) => [group, GROUP_SCHEMA] as const),
        ...[...rules].sort(byId).map((rule) => [rule.id, ruleSchema(rule)] as const),
      ]),
      additionalProperties: false,
    },
    startAfter: {
      type: 'string',
      minLength: 1,
      description:
        'The last migration of the old history, by number or name. It and those before are replayed, not reported on.',
    },
    accepted: {
      type: 'string',
      minLength: 1,
      description: `The file of accepted findings, which are not reported; relative to this file. Default: ${ACCEPTED_FILE}, where it exists.`,
    },
  },
  additionalProperties: false,
});

const GROUP_SCHEMA: Json = {
  enum: RULE_SETTINGS,
  description: 'Severity of the rules of this group that the preset has on; off for all of them.',
};

const byId = (a: Rule, b: Rule): number => (a.id < b.id ? -1 : 1);

const KINDS: Readonly<Record<Kind, string>> = {
  engine: 'D1 rejects or ignores it',
  data: 'data may be lost or altered',
  policy: 'project policy',
};

const ruleSchema = (rule: Rule): Json => ({
  enum: RULE_SETTINGS,
  description: `${rule.summary} By default: ${isInPreset(rule, 'recommended') ? rule.severity : `off; ${rule.severity} in the preset strict`}. Kind: ${KINDS[rule.kind]}.`,
});
