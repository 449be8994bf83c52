import { basename } from 'node:path';
import * as v from 'valibot';
import { settingShape } from '../environment/index.ts';
import { D1Error, nearest, isObject } from '../errors/index.ts';
import type { PluginDefinition } from './target-definition.ts';

/** Throws D1Error `invalid-plugin-options` for a misspelled or mistyped option of a file: it would have no effect. */
export function checkPluginOptions(plugin: PluginDefinition, options: unknown, file = 'nx.json'): void {
  if (options === undefined) return;
  const checks = checksOf(plugin, file);
  const { checkNames, asObject, invalid } = checks;
  const stringOptions = [
    'targetPrefix',
    ...(plugin.onFiles === undefined ? ['database', 'persistTo', 'startAfter'] : []),
  ];
  const values = asObject('options', options);
  const others = plugin.onFiles === undefined ? ['environments'] : [];
  const former = Object.keys(values).find((name) => name.endsWith('TargetName'));
  if (former !== undefined) throw formerOption(plugin, former, file);
  checkNames('option', Object.keys(values), [...stringOptions, ...others]);
  for (const name of stringOptions) {
    const value = values[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(name, 'must be a text.');
  }
  for (const [name, setting] of Object.entries(asObject('environments', values['environments'] ?? {}))) {
    checkSetting(checks, `environments.${name}`, asObject(`environments.${name}`, setting));
  }
}

function checkSetting(
  { checkNames, invalid }: ReturnType<typeof checksOf>,
  path: string,
  setting: Readonly<Record<string, unknown>>,
): void {
  checkNames(`key of ${path}`, Object.keys(setting), Object.keys(settingShape.entries));
  const [issue] = v.safeParse(settingShape, setting).issues ?? [];
  const name = issue?.path?.[0]?.key;
  if (issue !== undefined) throw invalid(`${path}.${String(name)}`, issue.message);
}

/** Each target had an option for its name. */
const formerOption = ({ name, targets }: PluginDefinition, option: string, file: string): D1Error =>
  new D1Error({
    code: 'invalid-plugin-options',
    message: `The plugin ${name} has no option "${option}" any more: its targets have one prefix in common.`,
    fix: `Write "targetPrefix": "d1-" in ${basename(file)} in place of all "…TargetName": the targets are then called ${targets
      .slice(0, 3)
      .map(({ defaultName }) => `d1-${defaultName}`)
      .join(
        ', ',
      )}${targets.length > 3 ? ' and so on' : ''}. A single target gets a name of its own in the project: a target with "executor": "${targets[0]?.executor ?? ''}" in project.json.`,
    exitCode: 2,
    location: { file },
  });

/** The checks whose messages name the plugin. */
function checksOf({ name: plugin }: PluginDefinition, file: string) {
  const invalid = (path: string, rule: string): D1Error =>
    new D1Error({
      code: 'invalid-plugin-options',
      message: `The option ${path} of the plugin ${plugin} ${rule}`,
      fix: `Correct it in ${basename(file)}.`,
      exitCode: 2,
      location: { file },
    });
  return {
    invalid,
    asObject(path: string, value: unknown): Readonly<Record<string, unknown>> {
      if (isObject(value)) return value;
      throw invalid(path, 'must be an object.');
    },
    checkNames(kind: string, names: readonly string[], known: readonly string[]): void {
      const unknown = names.find((name) => !known.includes(name));
      if (unknown === undefined) return;
      const meant = nearest(unknown, known);
      throw new D1Error({
        code: 'invalid-plugin-options',
        message: `The plugin ${plugin} has no ${kind} "${unknown}".`,
        fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Known: ${known.join(', ')}. Correct it in ${basename(file)}.`,
        exitCode: 2,
        location: { file },
      });
    },
  };
}
