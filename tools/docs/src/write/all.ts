import { api } from './api.ts';
import { callForms } from './call-forms.ts';
import { executors } from './executors.ts';
import { faults } from './faults.ts';
import { fileSchemas } from './file-schemas.ts';
import { reference } from './reference.ts';
import { rulePages } from './rules.ts';
import { tasks } from './tasks.ts';
import type { WrittenFiles } from './written-files.ts';

/** Everything in the repository that is written from the source. */
export const allWrittenFiles = (): Promise<readonly WrittenFiles[]> =>
  Promise.all([api(), fileSchemas(), executors(), callForms(), rulePages(), faults(), reference(), tasks()]);
