import { statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { dirname, resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { findConfig, loadConfig, mergeConfigs, type LoadedConfig } from '../config/index.ts';
import type { LintFile } from '../engine/index.ts';
import { defaultFormat, writeError, writeReport } from '../reporters/write-report.ts';
import { allRules } from '../rules/index.ts';
import { changesSince } from '../run/changed-files.ts';
import { packageVersion } from '../run/package-version.ts';
import { lintFile, readFiles, readFolder, readRollbackScripts } from '../run/read-files.ts';
import { exitCodeOf, runLint } from '../run/run-lint.ts';
import { withBaseline } from '../run/with-baseline.ts';
import { parseArguments, requestedFormat, type CliArguments } from './arguments.ts';
import { explain, listRules } from './explain.ts';
import { HELP } from './help.ts';

/** Runs the bin, and gives its exit status: 0 clean, 1 findings, 2 could not run. */
export async function runCli(args: readonly string[], cwd = process.cwd()): Promise<number> {
  try {
    const parsed = parseArguments(args);
    const [command, subject] = parsed.words;
    if (parsed.version) return print([packageVersion()]);
    if (parsed.help || command === undefined) return print([HELP], parsed.help ? 0 : 2);
    if (command === 'rules') return print(listRules(allRules));
    if (command === 'explain') return print(await explain(subject ?? '', allRules));
    return await lintPaths(parsed, cwd);
  } catch (error) {
    return writeError(error, requestedFormat(args), args.includes('--verbose'));
  }
}

async function lintPaths(parsed: CliArguments, cwd: string): Promise<number> {
  const { files, folder, rollbackScripts } = await readInput(parsed, cwd);
  const config = await readConfig(parsed, folder, cwd);
  const { since, fix, updateBaseline } = parsed;
  const changes = since === undefined ? undefined : await changesSince(since, folder);
  const report = await withBaseline(
    { config, update: updateBaseline, isPartial: since !== undefined },
    (baseline) =>
      runLint({
        files,
        rollbackScripts,
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
  const output = parsed.output === undefined ? undefined : resolve(cwd, parsed.output);
  const exitCode = exitCodeOf(report, parsed.maxWarnings);
  await writeReport(report, allRules, { format: parsed.format ?? defaultFormat(), output, exitCode });
  return exitCode;
}

interface Input {
  readonly files: readonly LintFile[];
  /** What the config is sought from, and git asked about. */
  readonly folder: string;
  readonly rollbackScripts?: ReadonlyMap<string, string> | undefined;
}

async function readInput({ words, stdinFilename, fix }: CliArguments, cwd: string): Promise<Input> {
  const [first = '.'] = words;
  if (first === '-') {
    if (fix) throw invalid('Standard input cannot be fixed in place.', 'Name the file, or leave --fix out.');
    return { files: [lintFile(stdinFilename, await buffer(process.stdin))], folder: cwd };
  }
  const path = resolve(cwd, first);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return {
      files: readFiles(
        words.map((word) => resolve(cwd, word)),
        cwd,
      ),
      folder: dirname(path),
    };
  }
  if (words.length > 1)
    throw invalid('Several folders cannot be linted at once.', `Run it for each: d1-lint ${first}`);
  return {
    files: readFolder({ folder: path, rules: 'pattern' }, cwd),
    folder: path,
    rollbackScripts: readRollbackScripts(path),
  };
}

async function readConfig(
  { config, preset }: CliArguments,
  folder: string,
  cwd: string,
): Promise<LoadedConfig> {
  const file = config === undefined ? findConfig(folder, cwd) : resolve(cwd, config);
  const ids = allRules.map(({ id }) => id);
  const loaded = file === undefined ? { config: {}, folder: cwd, file } : await loadConfig(file, ids);
  return { ...loaded, config: mergeConfigs(loaded.config, { preset }) };
}

function print(lines: readonly string[], exitCode = 0): number {
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCode;
}

const invalid = (message: string, fix: string) =>
  new D1Error({ code: 'invalid-argument', message, fix, exitCode: 2 });
