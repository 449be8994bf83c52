import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findUpward, type LoadedConfig } from '../config/index.ts';
import { DEFAULT_BASELINE, makeBaseline, readBaseline, type Baseline } from './baseline.ts';
import { reportPath } from './read-files.ts';
import type { LintReport } from './run-lint.ts';

export interface BaselineOptions {
  readonly config: LoadedConfig;
  /** What is linted. Where neither a config nor an option says where the baseline is, it is sought from here upwards. */
  readonly folder: string;
  /** As far as that; without it up to the root of the file system. */
  readonly upTo?: string | undefined;
  /** What the paths of the findings are relative to. Those in the baseline are relative to the baseline. */
  readonly root: string;
  readonly update?: boolean | undefined;
}

/**
 * Runs the linter with what the baseline knows. With `update` it runs without, and the baseline is then what was found
 * in the files that were looked at; what it knows of other files stays.
 */
export async function withBaseline(
  { config, folder, upTo, root, update = false }: BaselineOptions,
  run: (baseline: Baseline | undefined) => Promise<LintReport>,
): Promise<LintReport> {
  const file = baselineFile(config, folder, upTo);
  const toRoot = (path: string) => reportPath(resolve(dirname(file), path), root);
  const toBaseline = (path: string) => reportPath(resolve(root, path), dirname(file));
  if (!update) {
    const { findings, version } = readBaseline(file);
    return run({ version, findings: findings.map((entry) => ({ ...entry, file: toRoot(entry.file) })) });
  }
  const report = await run(undefined);
  const others = entriesToKeep(file).filter(
    (entry) => !report.texts.has(toRoot(entry.file)) && existsSync(resolve(dirname(file), entry.file)),
  );
  const found = report.findings.map((finding) => ({ ...finding, file: toBaseline(finding.file) }));
  await writeFile(file, `${JSON.stringify(makeBaseline(found, others), null, 2)}\n`);
  return { ...report, findings: [], baselined: report.findings.length };
}

function baselineFile({ config, folder, file }: LoadedConfig, linted: string, upTo?: string): string {
  if (config.baseline !== undefined) return join(folder, config.baseline);
  const found = file === undefined ? findUpward([DEFAULT_BASELINE], linted, upTo) : undefined;
  return found ?? join(folder, DEFAULT_BASELINE);
}

/** An update is also the way out of a baseline that cannot be read. */
function entriesToKeep(file: string): Baseline['findings'] {
  try {
    return readBaseline(file).findings;
  } catch {
    return [];
  }
}
