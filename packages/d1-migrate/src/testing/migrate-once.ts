// usage: node migrate-once.ts <workspace root>: migrates the local database there, as a process that a test can kill.
import { runMigrate } from '../executors/migrate/run.ts';

const [, , root = '.'] = process.argv;
const { success } = await runMigrate({ wranglerConfig: 'wrangler.toml', json: true }, root);
process.exitCode = success ? 0 : 1;
