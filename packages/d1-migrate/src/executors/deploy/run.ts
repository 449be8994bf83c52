import { audited, type AuditRecorder } from 'd1-core/audit';
import { deploy, deployDocument, describeDeploy, describeDeployResult } from '../../deploy/index.ts';
import { confirmTarget, identifyRun, interruptible, runCommand, show } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import type { DeployExecutorOptions } from './schema.d.ts';

export function runDeploy(
  options: DeployExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('deploy', options, async () => {
    const first = resolveTarget(options, workspaceRoot);
    const others = first.environment.databases
      .filter(({ binding }) => binding !== first.database.binding)
      .map(({ binding }) => resolveTarget({ ...options, database: binding }, workspaceRoot));
    const work = async (recorder: AuditRecorder, signal: AbortSignal) => {
      const result = await deploy({
        targets: [first, ...others],
        dryRun: options.dryRun ?? false,
        timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
        signal,
        async approve() {
          show(options, describeDeploy([first, ...others]));
          await confirmTarget(first, options.confirm);
          await recorder.begin({ bookmark: null, migrations: [] });
        },
      });
      return { result, notNoted: await recorder.end({ migrations: [], error: result.error }) };
    };
    const identify = identifyRun(workspaceRoot, pluginVersion());
    const run = { target: first, action: 'deploy', identify, dryRun: options.dryRun };
    const { result, notNoted } = await interruptible((signal) =>
      audited(run, (recorder) => work(recorder, signal)),
    );
    const incomplete = notNoted.length > 0 ? 3 : 0;
    return {
      exitCode: result.outcome === 'failed' ? (result.error?.exitCode ?? 1) : incomplete,
      text: [...describeDeployResult(result), ...notNoted],
      document: { ...deployDocument(result), warnings: notNoted },
    };
  });
}
