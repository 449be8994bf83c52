import { isUtf8 } from 'node:buffer';
import { applyEdits, compatibleFixes } from './edits.ts';
import type { Finding, Fix } from './finding.ts';
import type { LintFile } from './rule.ts';
import type { LintResult } from './lint.ts';

/** A fix may uncover what another one can fix; what is not done after so many rounds contradicts itself. */
const MAX_ROUNDS = 10;

export interface FixResult {
  /** The files whose text is another now. */
  readonly changed: readonly LintFile[];
  /** How many findings were fixed. */
  readonly fixed: number;
  /** What is found in the files as they are now. */
  readonly result: LintResult;
}

/** Applies the safe fixes of all findings, again and again until none is left. Writes nothing. */
export async function fixFiles(
  files: readonly LintFile[],
  run: (files: readonly LintFile[]) => Promise<LintResult>,
): Promise<FixResult> {
  let current = files;
  let result = await run(current);
  let fixed = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const applied = current.map((file) => fixFile(file, result.findings));
    const count = applied.reduce((sum, { fixes }) => sum + fixes, 0);
    if (count === 0) break;
    fixed += count;
    current = applied.map(({ file }) => file);
    result = await run(current);
  }
  return { changed: current.filter((file, index) => file !== files[index]), fixed, result };
}

function fixFile(file: LintFile, findings: readonly Finding[]): { file: LintFile; fixes: number } {
  // Writing the text back would make the damage of wrong bytes final.
  if (!isUtf8(file.bytes)) return { file, fixes: 0 };
  const fixable = findings.filter((finding) => finding.file === file.path).filter(hasSafeFix);
  const chosen = compatibleFixes(fixable);
  if (chosen.length === 0) return { file, fixes: 0 };
  const text = applyEdits(
    file.text,
    chosen.flatMap(({ fix }) => fix.edits),
  );
  const bytes = new TextEncoder().encode(text);
  // Decoded again: what stands first now may be a byte order mark.
  return { file: { ...file, text: new TextDecoder().decode(bytes), bytes }, fixes: chosen.length };
}

const hasSafeFix = (finding: Finding): finding is Finding & { readonly fix: Fix } =>
  finding.fix?.safe === true;
