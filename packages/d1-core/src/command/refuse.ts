import { audited } from '../audit/index.ts';
import { D1Error } from '../errors/index.ts';
import { identifyRun, runCommand, type CommandResult } from '../run/index.ts';
import { resolveTarget, type Target, type TargetOptions } from '../target/index.ts';
import type { Work, WorkOptions } from './work.ts';

export interface Refusal {
  readonly work: Pick<Work<never>, 'name' | 'pluginVersion'>;
  readonly options: WorkOptions;
  /** What the files say. */
  readonly own: Partial<TargetOptions>;
  /** The options that the run gives, and may not, as they were written. */
  readonly changed: readonly string[];
  readonly workspaceRoot: string;
}

/** Refuses a run, and notes it in the audit file of the environment that it was for by the files. */
export function refuse({ work, options, own, changed, workspaceRoot }: Refusal): Promise<CommandResult> {
  return runCommand(work.name, options, async () => {
    const error = refusal(changed);
    const target = targetByFiles(options, own, workspaceRoot);
    if (target === undefined) throw error;
    const identify = identifyRun(workspaceRoot, work.pluginVersion());
    return audited({ target, action: work.name, identify }, () => Promise.reject(error));
  });
}

/** Undefined where the files have no such environment: then there is no audit file either. */
function targetByFiles(
  options: WorkOptions,
  { wranglerConfig, settings }: Partial<TargetOptions>,
  workspaceRoot: string,
): Target | undefined {
  if (wranglerConfig === undefined) return undefined;
  try {
    return resolveTarget({ ...options, wranglerConfig, settings }, workspaceRoot);
  } catch {
    return undefined;
  }
}

function refusal(changed: readonly string[]): D1Error {
  const names = changed.join(' and ');
  return new D1Error({
    code: 'not-an-option',
    message: `${names} may not be given to a run: what is protected is decided by the project's files and nx.json alone.`,
    fix: `Run it without ${names}. To change what is protected, change "environments" in the options of the plugin in nx.json, or without Nx in "d1" of package.json.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}
