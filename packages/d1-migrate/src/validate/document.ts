import { relative, sep } from 'node:path';
import type { ValidateResult } from './validate.ts';

/** The result for machines: no time in it, so that equal migrations give equal documents. */
export function validateDocument(result: ValidateResult, workspaceRoot: string): object {
  const { migrations, problems, unchecked, schema } = result;
  return {
    migrations,
    problems: problems.map(({ file, line, ...problem }) => ({
      ...problem,
      file: relative(workspaceRoot, file).split(sep).join('/'),
      line: line ?? null,
    })),
    unchecked,
    schema,
  };
}
