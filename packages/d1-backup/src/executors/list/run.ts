import { runCommand } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import { describeList, listArchives, listDocument, ofEnvironment, openShelf } from '../../shelf/index.ts';
import type { ListExecutorOptions } from './schema.d.ts';

export function runList(options: ListExecutorOptions, workspaceRoot: string): Promise<{ success: boolean }> {
  return runCommand('list', options, async () => {
    const { environment } = resolveTarget(options, workspaceRoot);
    const { output, identity, all = false } = options;
    const shelf = openShelf({ output, workspaceRoot, accountId: environment.accountId, identity });
    const list = await listArchives(shelf).finally(() => shelf.close());
    const shown = ofEnvironment(list, all ? undefined : environment.name);
    return { exitCode: 0, text: describeList(shown, new Date()), document: listDocument(shown) };
  });
}
