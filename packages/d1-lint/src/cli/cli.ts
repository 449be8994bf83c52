import { resolve } from 'node:path';
import { printLines } from 'd1-core/report';
import { findConfig, loadConfig, mergeConfigs, type LoadedConfig } from '../config/index.ts';
import { defaultFormat, writeError, writeReport } from '../reporters/write-report.ts';
import { allRules } from '../rules/index.ts';
import { changesSince } from '../run/changed-files.ts';
import { packageVersion } from '../run/package-version.ts';
import { exitCodeOf, mergeReports, runLint, type LintReport } from '../run/run-lint.ts';
import { withBaseline } from '../run/with-baseline.ts';
import { parseArguments, requestedFormat, type CliArguments } from './arguments.ts';
import { explain, listRules } from './explain.ts';
import { HELP } from './help.ts';
import { readInput, type LintInput } from './read-input.ts';

/** Runs the bin, and gives its exit status: 0 clean, 1 findings, 2 could not run. */
export async function runCli(args: readonly string[], cwd = process.cwd()): Promise<number> {
  try {
    const parsed = parseArguments(args);
    const [command, subject] = parsed.words;
    if (parsed.version) return print([packageVersion()]);
    if (parsed.help || command === undefined) return print(HELP.split('\n'), parsed.help ? 0 : 2);
    if (command === 'rules') return print(listRules(allRules));
    if (command === 'explain') return print(await explain(subject ?? '', allRules));
    return await lintPaths(parsed, cwd);
  } catch (error) {
    return writeError(error, requestedFormat(args), args.includes('--verbose'));
  }
}

async function lintPaths(parsed: CliArguments, cwd: string): Promise<number> {
  const reports: LintReport[] = [];
  for (const input of await readInput(parsed, cwd)) reports.push(await lintInput(input, parsed, cwd));
  const report = mergeReports(reports);
  const output = parsed.output === undefined ? undefined : resolve(cwd, parsed.output);
  const exitCode = exitCodeOf(report, parsed.maxWarnings);
  await writeReport(report, allRules, { format: parsed.format ?? defaultFormat(), output, exitCode });
  return exitCode;
}

async function lintInput({ folder, ...input }: LintInput, parsed: CliArguments, cwd: string) {
  const { since, fix, updateBaseline } = parsed;
  const config = await readConfig(parsed, folder, cwd);
  const changes = since === undefined ? undefined : await changesSince(since, folder);
  return withBaseline({ config, folder, root: cwd, update: updateBaseline }, (baseline) =>
    runLint({
      ...input,
      config,
      rules: allRules,
      root: cwd,
      fix,
      baseline,
      changes,
      // Loaded only when it is needed: it takes as long as linting a hundred files.
      loadSplit: async () => (await import('../run/installed-split.ts')).installedSplit(folder),
    }),
  );
}

async function readConfig(
  { config, preset }: CliArguments,
  folder: string,
  cwd: string,
): Promise<LoadedConfig> {
  const file = config === undefined ? findConfig(folder) : resolve(cwd, config);
  const ids = allRules.map(({ id }) => id);
  const loaded = file === undefined ? { config: {}, folder: cwd, file } : await loadConfig(file, ids);
  return { ...loaded, config: mergeConfigs(loaded.config, { preset }) };
}

function print(lines: readonly string[], exitCode = 0): number {
  printLines(process.stdout, lines);
  return exitCode;
}
