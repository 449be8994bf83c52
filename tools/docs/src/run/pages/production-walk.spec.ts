import { runPage } from '../run-page.ts';

runPage('docs/production-walk.md');
