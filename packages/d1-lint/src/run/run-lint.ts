import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAfter } from 'd1-core/migrations';
import { activeRules, type LoadedConfig } from '../config/index.ts';
import { fixFiles, lint, type Finding, type LintFile, type LintOptions, type Rule } from '../engine/index.ts';
import { applyBaseline, type Baseline, type BaselineEntry } from './baseline.ts';
import type { Changes } from './changed-files.ts';

export interface LintRequest {
  /** All migrations of one folder, in wrangler's order. */
  readonly files: readonly LintFile[];
  readonly config: LoadedConfig;
  readonly rules: readonly Rule[];
  /** What the paths of the files are relative to. */
  readonly root: string;
  readonly fix?: boolean | undefined;
  /** What is known already. It is neither reported nor fixed. */
  readonly baseline?: Baseline | undefined;
  readonly changes?: Changes | undefined;
  /** The names of the files to report on, where it is not all of them. */
  readonly only?: ReadonlySet<string> | undefined;
  /** The texts of the rollback scripts, by the name of the migration. */
  readonly rollbackScripts?: ReadonlyMap<string, string> | undefined;
  readonly migrationsTable?: string | undefined;
  readonly loadSplit?: LintOptions['loadSplit'];
}

/** What a run has found, for the reporters. */
export interface LintReport {
  readonly findings: readonly Finding[];
  /** Of the files that are reported on, by path: what the places of the findings count in. */
  readonly texts: ReadonlyMap<string, string>;
  readonly files: number;
  /** Replayed, but not reported on: before `startAfter`, unchanged since the git ref, or not named. */
  readonly skippedFiles: number;
  /** Silenced by a comment. */
  readonly suppressed: number;
  /** Passed over because of the baseline. */
  readonly baselined: number;
  readonly staleBaseline: readonly BaselineEntry[];
  readonly fixed: number;
  readonly notAnalysed: number;
}

/** Lints a folder, writes the fixes where asked, and gives the report. */
export async function runLint(request: LintRequest): Promise<LintReport> {
  const { files, root, fix, baseline = { findings: [] } } = request;
  const options = lintOptions(request);
  let unknown = applyBaseline([], baseline);
  const run = async (current: readonly LintFile[]) => {
    const result = await lint(current, options);
    unknown = applyBaseline(result.findings, baseline);
    return { ...result, findings: unknown.findings };
  };
  const { changed, fixed, result } =
    fix === true ? await fixFiles(files, run) : { changed: [], fixed: 0, result: await run(files) };
  for (const { path, text } of changed) await writeFile(resolve(root, path), text);

  const reported = [...files, ...changed].filter(options.isReported);
  const texts = new Map(reported.map(({ path, text }) => [path, text]));
  // What matches nothing in a file that is not looked at says nothing.
  const staleBaseline = unknown.stale.filter(({ file }) => texts.has(file));
  return { ...result, texts, fixed, baselined: unknown.passedOver, staleBaseline };
}

function lintOptions({
  files,
  config: { config },
  rules,
  changes,
  only,
  migrationsTable,
  rollbackScripts,
  loadSplit,
}: LintRequest) {
  const active = activeRules(rules, config);
  const isNew = isAfter(config.startAfter, files);
  return {
    rules: active,
    ruleIds: rules.map(({ id }) => id),
    isReported: (file: LintFile) =>
      isNew(file) && (changes?.changed.has(file.name) ?? true) && (only?.has(file.name) ?? true),
    base: changes?.base,
    edited: changes?.edited,
    rollbackScripts,
    migrationsTable,
    loadSplit,
  } satisfies LintOptions;
}

/** Several folders in one report. */
export const mergeReports = (reports: readonly LintReport[]): LintReport => ({
  findings: reports.flatMap(({ findings }) => findings),
  texts: new Map(reports.flatMap(({ texts }) => [...texts])),
  files: sum(reports.map(({ files }) => files)),
  skippedFiles: sum(reports.map(({ skippedFiles }) => skippedFiles)),
  suppressed: sum(reports.map(({ suppressed }) => suppressed)),
  baselined: sum(reports.map(({ baselined }) => baselined)),
  staleBaseline: reports.flatMap(({ staleBaseline }) => staleBaseline),
  fixed: sum(reports.map(({ fixed }) => fixed)),
  notAnalysed: sum(reports.map(({ notAnalysed }) => notAnalysed)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** 1 with an error, or with more warnings than are allowed. */
export function exitCodeOf({ findings }: LintReport, maxWarnings: number | undefined): 0 | 1 {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const tooMany = maxWarnings !== undefined && maxWarnings >= 0 && warnings > maxWarnings;
  return tooMany || findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
