import type { FileFinding } from 'd1-core/migrations';
import type { RuleContext } from '../engine/rule.ts';

type Context = Pick<RuleContext, 'file' | 'folder'>;

/** What `d1-core/migrations` says of the name of this file. Of several files, the last ones are meant. */
export const folderFinding = (
  { file, folder }: Context,
  code: string,
  concerns: 'only' | 'not-first' = 'only',
): FileFinding | undefined =>
  folder.findings
    .get(file.name)
    ?.find(({ code: own, files }) => own === code && (concerns === 'only' || files[0] !== file.name));

/** Reports it at the beginning of the file. */
export function reportFolderFinding(
  finding: FileFinding | undefined,
  { report }: Pick<RuleContext, 'report'>,
): void {
  if (finding === undefined) return;
  report({ at: { start: 0, end: 0 }, message: finding.message, help: finding.fix });
}
