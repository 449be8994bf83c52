import { describeHistory, historyDocument, readHistory } from '../../journal/index.ts';
import { runCommand } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import type { HistoryExecutorOptions } from './schema.d.ts';

export function runHistory(
  options: HistoryExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('history', options, async () => {
    const history = await readHistory(resolveTarget(options, workspaceRoot));
    return { exitCode: 0, text: describeHistory(history), document: historyDocument(history) };
  });
}
