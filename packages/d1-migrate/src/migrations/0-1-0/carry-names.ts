import type { Tree } from '@nx/devkit';
import { carryNames } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

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
    options: [{ name: 'environments', value: 'all', now: 'all' }],
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
