import { runPage } from '../run-page.ts';

runPage('docs/production-deployment-fix.md');
