import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { readOptions, targetsOf, type Command, type CommandContext } from 'd1-core/command';
import { about, commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { style } from 'd1-core/report';
import { onStandardError, runCommand, show, type CommandResult } from 'd1-core/run';
import type { Target, TargetOptions } from 'd1-core/target';
import { nameOf, type DeployRequest, type MigrationPart, type Step } from '../deploy/index.ts';
import { migrateCommand } from './migrate.ts';
import { planFile } from 'd1-core/inference';
import { validateCommand } from './validate.ts';

/** What the steps need of the options of deploy. */
interface Given {
  readonly wranglerConfig: string;
  readonly settings?: TargetOptions['settings'];
  readonly startAfter?: string | undefined;
  readonly confirm?: string | undefined;
  readonly plan?: string | undefined;
  readonly backup: boolean;
  readonly dryRun: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly json: boolean;
}

type Options = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
type Nx = NonNullable<CommandContext['nx']>;

/**
 * What is done to every database before a deployment. Under Nx the steps are the targets of the project, so that their own
 * options hold, and `validate` has run before as a dependency; in a terminal they are called.
 */
export function deploySteps(
  given: Given,
  context: CommandContext,
  { environment }: Target,
): Pick<DeployRequest, 'rounds' | 'migrate'> {
  const { dryRun, confirm, plan, timeout, startAfter, settings, wranglerConfig } = given;
  requirePlanFolder(plan, environment);
  const ofTarget = ({ database }: Target) => ({ environment: environment.name, database: database.binding });
  const migrateOptions = (target: Target, part: Options): Options => ({
    ...ofTarget(target),
    ...part,
    dryRun,
    timeout,
    ...(startAfter === undefined ? {} : { startAfter }),
    ...(confirm === undefined ? {} : { confirm: confirmationFor(target, confirm) }),
    ...(plan === undefined ? {} : { plan: planFile(plan, target) }),
  });
  const step = (name: Step['name'], run: Step['run']): Step => ({
    name,
    async run(target) {
      show(given, ['', style.bold(`── ${name}: ${nameOf(target)}`), '']);
      const work = () => about({ database: target.database.binding }, () => run(target));
      return given.json ? onStandardError(work) : work();
    },
  });
  const migrateStep =
    (run: (target: Target, part: Options) => ReturnType<Step['run']>) =>
    (part: MigrationPart): Step => {
      const shown = step('migrate', async (target) => run(target, defined(part(target) ?? {})));
      return {
        name: 'migrate',
        run: async (target) =>
          part(target) === undefined ? { exitCode: 0, document: {} } : shown.run(target),
      };
    };
  const call = (command: Command, options: Options) =>
    runCommand(command.name, {}, async () =>
      command.run(readOptions(command.options, { wranglerConfig, settings, ...options }), context),
    );

  const { nx } = context;
  if (nx === undefined) {
    const program = given.backup ? findBackup(environment.configFile) : undefined;
    return {
      rounds: [
        [step('validate', (target) => call(validateCommand, ofTarget(target)))],
        ...(program === undefined ? [] : [[step('backup', (target) => startBackup(program, target, given))]]),
      ],
      migrate: migrateStep((target, part) => call(migrateCommand, migrateOptions(target, part))),
    };
  }
  const backup = given.backup ? targetsOf(nx)['d1-backup:backup'] : undefined;
  const migrate = targetsOf(nx)['d1-migrate:migrate'];
  const backupOptions = (target: Target) => ({ ...ofTarget(target), databaseOnly: true, dryRun, timeout });
  return {
    rounds:
      backup === undefined
        ? []
        : [[step('backup', (target) => runTarget(nx, backup, backupOptions(target)))]],
    migrate: migrateStep((target, part) =>
      migrate === undefined
        ? call(migrateCommand, migrateOptions(target, part))
        : runTarget(nx, migrate, migrateOptions(target, part)),
    ),
  };
}

const defined = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Of several databases each is confirmed by its own name: `--confirm` has all of them, with commas between. */
export function confirmationFor({ database }: Target, confirm: string | undefined): string | undefined {
  const name = database.databaseName ?? database.binding;
  return confirm?.split(',').includes(name) === true ? name : confirm;
}

/** A plan is of one database. */
function requirePlanFolder(plan: string | undefined, { databases }: Target['environment']): void {
  const migrated = databases.filter(({ migrationsDir }) => existsSync(migrationsDir));
  if (plan === undefined || plan.endsWith('/') || migrated.length < 2) return;
  throw new D1Error({
    code: 'plan-of-one-database',
    message: `--plan=${plan} names one plan, and the Worker has ${migrated.length} databases.`,
    fix: `Write a plan for each into one folder: "${commandLine('d1-migrate:plan', '--database=<binding>', '--output=<folder>/')}". Then deploy with --plan=<folder>/.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}

async function runTarget(nx: Nx, target: string, overrides: Options): ReturnType<Step['run']> {
  const { runExecutor } = await import('d1-core/nx');
  const { projectName: project = '', configurationName: configuration } = nx;
  const chosen = { project, target, ...(configuration === undefined ? {} : { configuration }) };
  for await (const result of await runExecutor<Partial<CommandResult> & { success: boolean }>(
    chosen,
    overrides,
    nx,
  )) {
    const { success, exitCode = success ? 0 : 1, document = {} } = result;
    return { exitCode, document };
  }
  return { exitCode: 1, document: {} };
}

/** The command line of d1-backup, where it is installed for the Worker. */
function findBackup(configFile: string): string | undefined {
  try {
    const manifest = createRequire(configFile).resolve('d1-backup/package.json');
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
    const program = join(dirname(manifest), String(bin['d1-backup']));
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

async function startBackup(
  program: string,
  { environment, database }: Target,
  { dryRun, timeout, json }: Given,
): ReturnType<Step['run']> {
  const words = [
    `--env=${environment.name}`,
    `--database=${database.binding}`,
    '--database-only',
    `--timeout=${timeout}`,
  ];
  const { exitCode } = await execa(
    process.execPath,
    [program, 'backup', ...words, ...(dryRun ? ['--dry-run'] : [])],
    {
      cwd: dirname(environment.configFile),
      reject: false,
      stdin: 'inherit',
      stdout: json ? process.stderr : 'inherit',
      stderr: 'inherit',
    },
  );
  return {
    exitCode: exitCode === 0 || exitCode === 2 || exitCode === 3 || exitCode === 11 ? exitCode : 1,
    document: {},
  };
}
