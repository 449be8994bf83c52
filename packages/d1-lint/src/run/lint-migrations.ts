import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAfter } from 'd1-core/migrations';
import { replaceFile } from 'd1-core/node';
import {
  activeRules,
  checkConfig,
  findConfig,
  loadConfig,
  mergeConfigs,
  type LintConfig,
  type LoadedConfig,
} from '../config/index.ts';
import type { Finding } from '../engine/finding.ts';
import { fixFiles } from '../engine/fix.ts';
import { lint, type LintOptions, type UntriedFile } from '../engine/lint.ts';
import type { LintFile } from '../engine/rule.ts';
import { allRules } from '../rules/index.ts';
import {
  acceptedFile,
  readAccepted,
  withoutAccepted,
  writeAccepted,
  type AcceptedFinding,
} from './accepted.ts';
import { changesSince } from './changed-files.ts';
import { installedSplit } from './migrations-folder.ts';
import { readInputs, type LintInput, type Sources } from './read-inputs.ts';

export interface LintRequest extends Sources {
  /** A lint config, relative to `root`. Default: the nearest one at or above what is linted. */
  readonly config?: string | undefined;
  /** Goes before the lint config. */
  readonly settings?: LintConfig | undefined;
  /** The file of accepted findings, relative to `root`. Default: what the config names, or the nearest one. */
  readonly accepted?: string | undefined;
  /** Accept what is found. */
  readonly writeAccepted?: boolean | undefined;
  /** Apply the safe fixes. */
  readonly fix?: boolean | undefined;
  /** A git ref: only files that differ from it are reported on. */
  readonly since?: string | undefined;
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
  /** Not reported, as they are accepted. */
  readonly accepted: number;
  readonly staleAccepted: readonly AcceptedFinding[];
  readonly fixed: number;
  readonly notAnalysed: number;
  /** Files that could not be run on tables with rows, or not on all. */
  readonly untried: readonly UntriedFile[];
}

const RULE_IDS: readonly string[] = allRules.map(({ id }) => id);

/**
 * Lints the migrations of a wrangler config, or the folders and files that are named; writes fixes and accepted findings
 * where asked. Throws D1Error, exit code 2, for what cannot be read.
 */
export async function lintMigrations(request: LintRequest): Promise<LintReport> {
  const { inputs, upTo } = await readInputs(request);
  const reports: LintReport[] = [];
  for (const input of inputs) reports.push(await lintInput(input, upTo, request));
  return mergeReports(reports);
}

async function lintInput(
  input: LintInput,
  upTo: string | undefined,
  request: LintRequest,
): Promise<LintReport> {
  const { root, since, fix = false } = request;
  const isWriting = request.writeAccepted === true;
  const config = await resolveConfig(input, upTo, request);
  const file =
    request.accepted === undefined
      ? acceptedFile(config, { from: input.from, upTo })
      : resolve(root, request.accepted);
  const isNew = isAfter(config.config.startAfter, input.files);
  const changes = since === undefined ? undefined : await changesSince(since, input.folder);
  const options: LintOptions = {
    rules: activeRules(allRules, config.config),
    ruleIds: RULE_IDS,
    isReported: (one) =>
      isNew(one) && (changes?.changed.has(one.name) ?? true) && (input.only?.has(one.name) ?? true),
    base: changes?.base,
    edited: changes?.edited,
    rollbackScripts: input.rollbackScripts,
    migrationsTable: input.migrationsTable,
    loadSplit: () => installedSplit(input.from),
  };
  const known = isWriting ? [] : readAccepted(file, root);
  const report = await runLint(input.files, options, { known, root, fix });
  if (!isWriting) return report;
  await writeAccepted(file, root, report);
  return { ...report, findings: [], accepted: report.findings.length };
}

/** Lints files as one history, and writes the fixes where asked. What is known is neither reported nor fixed. */
async function runLint(
  files: readonly LintFile[],
  options: LintOptions,
  {
    known,
    root,
    fix,
  }: { readonly known: readonly AcceptedFinding[]; readonly root: string; readonly fix: boolean },
): Promise<LintReport> {
  let rest = withoutAccepted([], known);
  const run = async (current: readonly LintFile[]) => {
    const result = await lint(current, options);
    rest = withoutAccepted(result.findings, known);
    return { ...result, findings: rest.findings };
  };
  const { changed, fixed, result } = fix
    ? await fixFiles(files, run)
    : { changed: [], fixed: 0, result: await run(files) };
  for (const { path, text } of changed) await replaceFile(realpathSync(resolve(root, path)), text);
  const reported = [...files, ...changed].filter((file) => options.isReported?.(file) ?? true);
  const texts = new Map(reported.map(({ path, text }) => [path, text]));
  // What matches nothing in a file that is not looked at says nothing.
  const staleAccepted = rest.stale.filter(({ file }) => texts.has(file));
  return { ...result, texts, fixed, accepted: rest.accepted, staleAccepted };
}

async function resolveConfig(
  { from }: LintInput,
  upTo: string | undefined,
  { root, config, settings = {} }: LintRequest,
): Promise<LoadedConfig> {
  const file = config === undefined ? findConfig(from, upTo) : resolve(root, config);
  const loaded =
    file === undefined ? { config: {}, folder: root, file: undefined } : await loadConfig(file, RULE_IDS);
  const given = checkConfig(settings, 'the options of the command', RULE_IDS);
  return { ...loaded, config: mergeConfigs(loaded.config, given) };
}

/** Several folders in one report. */
const mergeReports = (reports: readonly LintReport[]): LintReport => ({
  findings: reports.flatMap(({ findings }) => findings),
  texts: new Map(reports.flatMap(({ texts }) => [...texts])),
  files: sum(reports.map(({ files }) => files)),
  skippedFiles: sum(reports.map(({ skippedFiles }) => skippedFiles)),
  suppressed: sum(reports.map(({ suppressed }) => suppressed)),
  accepted: sum(reports.map(({ accepted }) => accepted)),
  staleAccepted: reports.flatMap(({ staleAccepted }) => staleAccepted),
  fixed: sum(reports.map(({ fixed }) => fixed)),
  notAnalysed: sum(reports.map(({ notAnalysed }) => notAnalysed)),
  untried: reports.flatMap(({ untried }) => untried),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** 1 with an error, or with more warnings than are allowed. */
export function exitCodeOf({ findings }: Pick<LintReport, 'findings'>, maxWarnings = Infinity): 0 | 1 {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return warnings > maxWarnings || findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
