import { existsSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { chooseDatabase, findProduction, type D1Binding, type Environment } from 'd1-core/environment';
import { commandLine, lineFor } from 'd1-core/door';
import { D1Error, nearest } from 'd1-core/errors';
import { otherTargetName, ownFolder, planFile } from 'd1-core/inference';
import type { Site, Worker } from 'd1-core/site';
import { generateFiles } from '../shared/generate-files.ts';
import type { PlaceOptions } from '../shared/new-migration.ts';
import { setupOf } from './setup-steps.ts';

export interface WorkflowOptions extends PlaceOptions {
  readonly environment?: string | undefined;
  readonly branch?: string | undefined;
  readonly workflow?: string | undefined;
}

export function writeWorkflow(site: Site, options: WorkflowOptions): void {
  const { tree, nxJson } = site;
  const worker = site.findWorker(options.project);
  const environment = chooseEnvironment(worker, options.environment);
  const { workflow: name = 'd1', branch = nxJson?.defaultBase ?? 'main' } = options;
  const repository = nxJson === undefined ? repositoryOf(tree.root) : '.';
  const file = posix.join(repository, '.github/workflows', `${name}.yml`);
  if (tree.exists(file)) throw workflowExists(file);
  const binding = options.database ?? site.options.database;
  const databases =
    binding === undefined ? migrated(site, environment) : [chooseDatabase(environment, binding)];
  const isOneOfSeveral = environment.databases.length > 1;
  const planFolder = site.findWorkers().length > 1 ? ownFolder('dist/d1/', worker.project) : 'dist/d1/';
  const plans = databases.map((database) => ({
    database,
    file: isOneOfSeveral
      ? planFile(planFolder, { environment, database })
      : posix.join(planFolder, `plan-${environment.name}.json`),
  }));
  const [{ file: planOfOne = planFolder } = {}, another] = plans;
  const setup = setupOf(tree);
  /** A line as it is written for people begins with `npx`. */
  const start = (line: string) => line.replace(/^npx/, setup.start);
  /** The binding is written only where the Worker has several databases. */
  const lineOf = (
    command: 'plan' | 'validate' | 'deploy',
    database: D1Binding | undefined,
    ...words: readonly string[]
  ) =>
    lineFor(
      {
        project: worker.project,
        environment: command === 'validate' ? undefined : environment.name,
        database: isOneOfSeveral ? database?.binding : undefined,
      },
      `d1-migrate:${command}`,
      ...words,
    );
  const values = {
    name,
    project: worker.project,
    environment: environment.name,
    branch,
    deploy: start(
      lineOf(
        'deploy',
        another === undefined ? databases[0] : undefined,
        `--plan=${another === undefined ? planOfOne : planFolder}`,
        `--confirm=${databases.map(({ databaseName, binding: own }) => databaseName ?? own).join(',')}`,
      ),
    ),
    checks: checksOf(
      site,
      databases.map((database) => lineOf('validate', database)),
    )
      .map(start)
      .join(' && '),
    planFolder: planFolder.replace(/\/$/, ''),
    auditFolder: auditFolder(site, worker, environment),
    folder: posix
      .join(relative(join(tree.root, repository), tree.root).split(sep).join('/'), '/')
      .replace(/^\/$/, ''),
  };
  const planSteps = plans.map(({ database, file: path }) => ({
    run: start(lineOf('plan', database, `--output=${path}`)),
    file: path,
    summary: path.replace(/json$/, 'md'),
  }));
  Object.entries(values).forEach(requirePlain);
  planSteps.forEach((step) => requirePlain(['plan', step.run]));
  generateFiles(tree, join(import.meta.dirname, 'files'), dirname(file), {
    hasNx: nxJson !== undefined,
    setup: setup.steps,
    plans: planSteps,
    ...values,
  });
  site.log.info(`The head of ${file} says what to set up in the repository at GitHub.`);
}

/** The folder of the repository, relative to one in it. */
function repositoryOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return relative(root, folder).split(sep).join('/');
    if (folder === dirname(folder)) return '.';
  }
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

function checksOf({ nxJson }: Site, validations: readonly string[]): readonly string[] {
  if (nxJson === undefined) return [commandLine('d1-lint:lint'), ...validations];
  const lint = otherTargetName({ target: 'lint', of: 'd1-lint/plugin' }, nxJson.plugins ?? []) ?? 'lint';
  const [validate = '', another] = validations;
  return another === undefined
    ? [`npx nx affected -t ${lint} ${validate.split(' ')[3]?.split(':')[1]}`]
    : [`npx nx affected -t ${lint}`, ...validations];
}

/** The databases of an environment that have migrations, or all where none has any yet. */
function migrated(site: Site, { databases }: Environment): readonly D1Binding[] {
  const found = databases.filter((database) => site.tree.exists(site.migrationsFolder(database)));
  return found.length === 0 ? databases : found;
}

function auditFolder(
  { options: { environments } }: Site,
  { wranglerConfig }: Worker,
  { name }: Environment,
): string {
  const file = environments?.[name]?.auditFile;
  return file === undefined
    ? posix.join(posix.dirname(wranglerConfig), '.d1/audit')
    : posix.dirname(file.replaceAll('\\', '/'));
}

/** The values stand in YAML and in commands of a shell, as words. */
function requirePlain([what, value]: readonly [string, string]): void {
  const words = ['plan', 'deploy', 'checks'].includes(what) ? value.split(/ (?:&& )?/) : [value];
  if (words.every((word) => /^[\w@./:=,-]*$/.test(word))) return;
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
    fix: 'Give the new one another name, such as --workflow=d1-deploy, or delete the old one.',
    exitCode: 2,
  });
