import { audited } from '../audit/index.ts';
import { D1Error } from '../errors/index.ts';
import { identifyRun, runCommand } from '../run/index.ts';
import { resolveTarget, type Target, type TargetOptions } from '../target/index.ts';
import type { Command, ExecutorOptions } from './executor.ts';

export interface Refusal {
  readonly command: Pick<Command<never>, 'name' | 'pluginVersion'>;
  readonly options: ExecutorOptions;
  /** What the files say. */
  readonly own: Partial<TargetOptions>;
  /** The names of the options that the run gives, and may not. */
  readonly changed: readonly string[];
  readonly workspaceRoot: string;
}

/** Refuses a run, and notes it in the audit file of the environment that it was for by the files. */
export function refuse({
  command,
  options,
  own,
  changed,
  workspaceRoot,
}: Refusal): Promise<{ success: boolean }> {
  return runCommand(command.name, options, async () => {
    const error = refusal(changed);
    const target = targetByFiles(options, own, workspaceRoot);
    if (target === undefined) throw error;
    const identify = identifyRun(workspaceRoot, command.pluginVersion());
    return audited({ target, action: command.name, identify }, () => Promise.reject(error));
  });
}

/** Undefined where the files have no such environment: then there is no audit file either. */
function targetByFiles(
  options: ExecutorOptions,
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
  const names = changed.map((name) => `--${name}`).join(' and ');
  return new D1Error({
    code: 'not-an-option',
    message: `${names} may not be given to a run: what is protected is decided by nx.json and the project's files alone.`,
    fix: `Run it without ${names}. To change what is protected, change "environments" in the options of the plugin in nx.json.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}
