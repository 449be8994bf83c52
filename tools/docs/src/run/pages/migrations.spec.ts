import { runPage } from '../run-page.ts';

runPage('docs/migrations.md');
