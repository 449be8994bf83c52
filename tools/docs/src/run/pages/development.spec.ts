import { runPage } from '../run-page.ts';

runPage('docs/development.md');
