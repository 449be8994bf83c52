import { runPage } from '../run-page.ts';

runPage('docs/database.md');
