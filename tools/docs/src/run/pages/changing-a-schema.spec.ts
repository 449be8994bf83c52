import { runPage } from '../run-page.ts';

runPage('docs/changing-a-schema.md');
