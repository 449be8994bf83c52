import type { Tree } from '@nx/devkit';
import { carryNames } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

const of = (...names: readonly string[]) => names.map((name) => `d1-migrate:${name}`);

/** Options of the generator rebuild-table, by their former names. */
const REBUILD = {
  type: 'retype',
  default: 'setDefault',
  noDefault: 'dropDefault',
  check: 'addCheck',
  noCheck: 'dropCheck',
  foreignKey: 'addForeignKey',
  noForeignKey: 'dropForeignKey',
};

/** Carries a workspace to the present names of targets, generators and options. Running it again changes nothing. */
export default (tree: Tree): Promise<void> =>
  carryNames(tree, {
    plugin: PLUGIN,
    targets: {
      history: { target: 'status', flag: 'history' },
      audit: { target: 'status', flag: 'audit', without: 'verify' },
      drift: { target: 'status' },
      rehearse: { target: 'plan' },
      'deploy-migrate': { target: 'migrate', isPartOfDeploy: true },
    },
    generators: { 'd1-migrate:rollback': 'd1-migrate:rollback-script' },
    options: [
      { name: 'environments', value: 'all', now: 'all' },
      {
        name: 'startAfter',
        of: of('rollback', 'baseline', 'unlock', 'validate', 'schema-docs'),
        now: undefined,
      },
      { name: 'persistTo', of: of('validate', 'schema-docs'), now: undefined },
      { name: 'to', of: of('migration'), now: 'newName' },
      { name: 'name', of: of('ci'), now: 'workflow' },
      { name: 'force', of: of('rollback-script'), now: 'overwrite' },
      { name: 'strategy', of: of('adopt'), now: 'action' },
      ...Object.entries(REBUILD).map(([name, now]) => ({ name, of: of('rebuild-table'), now })),
    ],
    changed: {
      plan: {
        unless: ['output'],
        message: 'plan prints the plan. It writes the file with --output=dist/d1/plan-<environment>.json.',
      },
      'schema-docs': {
        unless: ['write'],
        message: 'schema-docs checks its files, without --check. It writes them with --write.',
      },
    },
  });
