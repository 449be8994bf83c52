import { openTarget } from 'd1-core/target';
import { pendingFiles, survey, blockedError, findBlockers, rememberFiles } from '../survey/index.ts';
import { applyPending } from './apply.ts';
import { completeJournal, missingEvents } from './record.ts';
import type { MigrateRequest, MigrateResult } from './request.ts';

/** Applies what is pending, and reads the database again to say what came of it. */
export async function migrate(request: MigrateRequest): Promise<MigrateResult> {
  const { target, dryRun, approve, plan } = request;
  let started = performance.now();
  // Not needed where nobody has to approve anything, which is what a developer does all day.
  const approval =
    plan !== undefined || target.environment.protected ? await import('../approval/index.ts') : undefined;
  if (plan !== undefined) approval?.requireUsablePlan(plan, target);
  const d1 = openTarget(target, request.timeout);
  try {
    const before = await survey(target, d1);
    const pending = pendingFiles(before);
    if (plan !== undefined) {
      const { pluginVersion } = await request.identify();
      await approval?.requireUnchanged(plan, before, pending, pluginVersion);
    }
    const finish = (result: Pick<MigrateResult, 'outcome'> & Partial<MigrateResult>): MigrateResult => ({
      survey: before,
      migrations: pending.map(({ name }) => ({ name, outcome: 'not-run' })),
      error: undefined,
      warnings: [],
      bookmark: null,
      snapshot: null,
      losses: [],
      examples: [],
      compared: undefined,
      durationMs: performance.now() - started,
      ...result,
    });

    const blocked = blockedError(await findBlockers(before));
    if (blocked !== undefined) throw blocked;
    if (pending.length === 0) {
      const missing = missingEvents(before);
      if (!dryRun && missing.length > 0) {
        await request.onBegin?.({ bookmark: null, migrations: [] });
        await completeJournal({ d1, before, identity: await request.identify(), bookmark: null }, missing);
      }
      return finish({ outcome: 'nothing-pending' });
    }
    const pass = dryRun ? undefined : await approval?.requireRehearsed(d1, before, pending, request);
    const requireSameFiles = rememberFiles(before, pending);
    await approve(before, pending);
    if (dryRun) return finish({ outcome: 'dry-run' });
    requireSameFiles();
    started = performance.now(); // Nobody waits for wrangler while the question stands.
    return finish(await applyPending(d1, before, pending, request, pass));
  } finally {
    await d1.close();
  }
}
