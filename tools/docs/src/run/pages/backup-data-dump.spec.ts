import { runPage } from '../run-page.ts';

runPage('docs/backup-data-dump.md');
