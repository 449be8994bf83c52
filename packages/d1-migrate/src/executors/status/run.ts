import { runCommand, type ExitCode } from 'd1-core/run';
import {
  describeMatrix,
  describeStatus,
  matrixDocument,
  readMatrix,
  readStatus,
  statusDocument,
  type DatabaseStatus,
} from '../../status/index.ts';
import { resolveTarget, resolveTargets } from 'd1-core/target';
import type { StatusExecutorOptions } from './schema.d.ts';

type Judged = Pick<DatabaseStatus, 'pending' | 'consistent' | 'allTaken'>;

export function runStatus(
  options: StatusExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  const failsCheck = ({ pending, consistent, allTaken }: Judged): ExitCode =>
    !allTaken || (options.check === true && (pending > 0 || !consistent)) ? 1 : 0;

  return runCommand('status', options, async () => {
    if (options.environments === 'all') {
      const matrix = await readMatrix(resolveTargets(options, workspaceRoot));
      return {
        exitCode: failsCheck(matrix) || (matrix.complete ? 0 : 3),
        text: describeMatrix(matrix),
        document: matrixDocument(matrix),
      };
    }
    const status = await readStatus(resolveTarget(options, workspaceRoot));
    return { exitCode: failsCheck(status), text: describeStatus(status), document: statusDocument(status) };
  });
}
