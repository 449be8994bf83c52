import { runPage } from '../run-page.ts';

runPage('docs/reference/audit.md');
