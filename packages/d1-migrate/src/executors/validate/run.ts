import { join } from 'node:path';
import { runCommand } from 'd1-core/run';
import { listAllMigrations } from '../../status/index.ts';
import { resolveTarget } from 'd1-core/target';
import { describeValidation, validate, validateDocument } from '../../validate/index.ts';
import type { ValidateExecutorOptions } from './schema.d.ts';

export function runValidate(
  options: ValidateExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('validate', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const files = listAllMigrations(target);
    const result = await validate({
      wrangler: target.wrangler,
      files,
      schemaFile: join(target.database.migrationsDir, 'schema', 'schema.sql'),
      write: options.write ?? false,
    });
    const failed = result.problems.some(({ severity }) => severity === 'error');
    return {
      exitCode: failed ? 1 : 0,
      text: describeValidation(result, workspaceRoot),
      document: validateDocument(result, workspaceRoot),
    };
  });
}
