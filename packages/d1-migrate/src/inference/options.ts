import { D1Error, nearest } from 'd1-core/errors';
import { isObject } from './is-object.ts';
import { d1Targets } from './target-table.ts';
import type { TargetNameOption } from './target-table.ts';

/** What the workspace decides about one environment; the rest follows from its name. */
export interface EnvironmentOption {
  readonly location?: 'local' | 'remote';
  /** Changes need a confirmation. */
  readonly protected?: boolean;
  /** The wrangler environment it stands on, '' for the top level of the config. */
  readonly wranglerEnv?: string;
  /** The branches from which it may be changed; any without it. */
  readonly branches?: readonly string[];
  /** Whether it may be changed only from a commit without further changes. */
  readonly cleanWorkTree?: boolean;
  /** Another place for the audit file than `.d1/audit` beside the wrangler config; relative to the workspace root. */
  readonly auditFile?: string;
}

/** Options of `d1-migrate/plugin` in nx.json, for every project with a wrangler config. */
export interface D1MigratePluginOptions extends Readonly<Partial<Record<TargetNameOption, string>>> {
  /** By environment name, for example `{ "production": { "wranglerEnv": "", "location": "remote" } }`. */
  readonly environments?: Readonly<Record<string, EnvironmentOption>>;
  /** The binding to use where an environment has several databases. */
  readonly database?: string;
  /** The folder of local state, relative to the workspace root; wrangler's own by default. */
  readonly persistTo?: string;
  /** The number or name of a migration: numbers and names of the files up to it are taken as they are. */
  readonly startAfter?: string;
}

const stringOptions = [...d1Targets.map((target) => target.option), 'database', 'persistTo', 'startAfter'];
const optionNames = [...stringOptions, 'environments'];
const settingNames = ['location', 'protected', 'wranglerEnv', 'branches', 'cleanWorkTree', 'auditFile'];

/** Throws D1Error `invalid-plugin-options` for a misspelled or mistyped option: it would have no effect. */
export function checkPluginOptions(options: unknown): void {
  if (options === undefined) return;
  const values = asObject('options', options);
  checkNames('option', Object.keys(values), optionNames);
  for (const name of stringOptions) {
    const value = values[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(name, 'must be a text.');
  }
  for (const [name, setting] of Object.entries(asObject('environments', values['environments'] ?? {}))) {
    checkSetting(`environments.${name}`, asObject(`environments.${name}`, setting));
  }
  checkTargetNames(values);
}

function checkSetting(path: string, setting: Readonly<Record<string, unknown>>): void {
  checkNames(`key of ${path}`, Object.keys(setting), settingNames);
  const { location, protected: isProtected, wranglerEnv, branches, cleanWorkTree, auditFile } = setting;
  if (location !== undefined && location !== 'local' && location !== 'remote')
    throw invalid(`${path}.location`, 'must be "local" or "remote".');
  if (isProtected !== undefined && typeof isProtected !== 'boolean')
    throw invalid(`${path}.protected`, 'must be true or false.');
  if (wranglerEnv !== undefined && typeof wranglerEnv !== 'string')
    throw invalid(`${path}.wranglerEnv`, 'must be a text, "" for the top level.');
  if (branches !== undefined && !isListOfNames(branches))
    throw invalid(`${path}.branches`, 'must be a list of branches, such as ["main"].');
  if (cleanWorkTree !== undefined && typeof cleanWorkTree !== 'boolean')
    throw invalid(`${path}.cleanWorkTree`, 'must be true or false.');
  if (auditFile !== undefined && (typeof auditFile !== 'string' || auditFile === ''))
    throw invalid(`${path}.auditFile`, 'must be the path of a file.');
}

const isListOfNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string' && name !== '');

function checkTargetNames(values: Readonly<Record<string, unknown>>): void {
  const names: readonly unknown[] = d1Targets.map((target) => values[target.option] ?? target.defaultName);
  const doubled = d1Targets.find((_, index) => names.indexOf(names[index]) < index);
  if (doubled !== undefined)
    throw invalid(doubled.option, 'must differ from the names of the other targets.');
}

function checkNames(kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw new D1Error({
    code: 'invalid-plugin-options',
    message: `The plugin d1-migrate/plugin has no ${kind} "${unknown}".`,
    fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Known: ${known.join(', ')}. Correct it in nx.json.`,
    exitCode: 2,
    location: { file: 'nx.json' },
  });
}

function asObject(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw invalid(path, 'must be an object.');
}

function invalid(path: string, rule: string): D1Error {
  return new D1Error({
    code: 'invalid-plugin-options',
    message: `The option ${path} of the plugin d1-migrate/plugin ${rule}`,
    fix: 'Correct it in nx.json.',
    exitCode: 2,
    location: { file: 'nx.json' },
  });
}
