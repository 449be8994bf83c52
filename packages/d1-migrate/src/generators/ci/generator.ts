import type { Tree } from '@nx/devkit';
import { generateFiles } from '../shared/generate-files.ts';
import { logger, readNxJson } from 'd1-core/nx';
import { D1Error, nearest } from 'd1-core/errors';
import { chooseDatabase, findProduction, type Environment } from 'd1-core/environment';
import { join, posix } from 'node:path';
import { fileOfDatabase, otherTargetName, ownFolder } from 'd1-core/inference';
import type { D1MigratePluginOptions } from '../../plugin.ts';
import {
  findWorker,
  findWorkers,
  readPluginOptions,
  textOptions,
  withReadableErrors,
  type Worker,
} from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';
import type { CiGeneratorSchema } from './schema.d.ts';
import { setupOf } from './setup-steps.ts';

const FOLDER = '.github/workflows';

/** Writes a GitHub workflow that checks, plans, and after an approval migrates and deploys one environment. */
export default function ciGenerator(tree: Tree, given: CiGeneratorSchema): Promise<void> {
  return withReadableErrors(async () => {
    const options = textOptions(given);
    const plugin = readPluginOptions(tree, PLUGIN);
    const worker = findWorker(tree, options.project, plugin);
    const environment = chooseEnvironment(worker, options.environment);
    const name = options.name ?? 'd1';
    const file = `${FOLDER}/${name}.yml`;
    if (tree.exists(file)) throw workflowExists(file);
    const { nx, steps } = setupOf(tree);
    const values = {
      ...targetValues(tree, plugin),
      ...databaseValues(environment, options.database ?? plugin.database),
      ...planValues(tree, worker, environment, options.database ?? plugin.database, plugin),
      name,
      project: worker.project,
      environment: environment.name,
      branch: options.branch ?? readNxJson(tree)?.defaultBase ?? 'main',
      auditFolder: auditFolder(worker, environment, plugin),
    };
    Object.entries(values).forEach(requirePlain);
    generateFiles(tree, join(import.meta.dirname, 'files'), FOLDER, { nx, setup: steps, ...values });
    logger.info(`The head of ${file} says what to set up in the repository at GitHub.`);
  });
}

function chooseEnvironment({ environments }: Worker, name: string | undefined): Environment {
  const remote = environments.filter(({ location }) => location === 'remote');
  const chosen =
    name === undefined
      ? findProduction(environments)
      : remote.find((environment) => environment.name === name);
  if (chosen !== undefined) return chosen;
  const names = remote.map((environment) => environment.name);
  const meant = name === undefined ? undefined : nearest(name, names);
  throw new D1Error({
    code: 'no-environment',
    message:
      name === undefined
        ? 'Which environment is to be deployed is not clear: not exactly one is remote and protected, or called production.'
        : `The Worker has no remote environment "${name}".`,
    fix: `Write --environment=${meant ?? names[0] ?? 'production'}. Remote: ${names.join(', ') || 'none'}.`,
    exitCode: 2,
  });
}

const targetValues = (tree: Tree, plugin: D1MigratePluginOptions) => ({
  lint: otherTargetName({ target: 'lint', of: 'd1-lint/plugin' }, readNxJson(tree)?.plugins ?? []) ?? 'lint',
  validate: plugin.validateTargetName ?? 'validate',
  plan: plugin.planTargetName ?? 'plan',
  deploy: plugin.deployTargetName ?? 'deploy',
});

/** The binding is written only where the Worker has several databases, and the plugin's options choose none. */
function databaseValues(environment: Environment, binding: string | undefined) {
  const database = chooseDatabase(environment, binding);
  return {
    databaseName: database.databaseName ?? database.binding,
    databaseOption: environment.databases.length > 1 ? ` --database=${database.binding}` : '',
  };
}

/** Where the target "plan" writes, without the extension. */
function planValues(
  tree: Tree,
  { project }: Worker,
  environment: Environment,
  binding: string | undefined,
  plugin: D1MigratePluginOptions,
) {
  const folder = findWorkers(tree, plugin).length > 1 ? ownFolder('dist/d1', project) : 'dist/d1';
  const database = chooseDatabase(environment, binding);
  const name = fileOfDatabase(`plan-${environment.name}`, database.binding, environment.databases);
  return { planFolder: posix.join(folder).replace(/\/$/, ''), planFile: posix.join(folder, name) };
}

function auditFolder(
  { wranglerConfig }: Worker,
  { name }: Environment,
  { environments }: D1MigratePluginOptions,
): string {
  const file = environments?.[name]?.auditFile;
  return file === undefined
    ? posix.join(posix.dirname(wranglerConfig), '.d1/audit')
    : posix.dirname(file.replaceAll('\\', '/'));
}

/** The values stand in YAML and in commands of a shell, as words. */
function requirePlain([what, value]: readonly [string, string]): void {
  if (/^( --)?[\w@./=-]*$/.test(value)) return;
  throw new D1Error({
    code: 'unsafe-name',
    message: `The workflow cannot have ${JSON.stringify(value)} as its ${what}: a shell or YAML could take it for something else.`,
    fix: 'Use a name of letters, digits and the signs . _ - / @.',
    exitCode: 2,
  });
}

const workflowExists = (file: string): D1Error =>
  new D1Error({
    code: 'workflow-exists',
    message: `There is a workflow ${file} already.`,
    fix: 'Give the new one another name, such as --name=d1-deploy, or delete the old one.',
    exitCode: 2,
  });
