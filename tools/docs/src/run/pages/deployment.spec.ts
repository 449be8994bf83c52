import { runPage } from '../run-page.ts';

runPage('docs/deployment.md');
