import { addProjectConfiguration, readJson, readNxJson, updateNxJson, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import carryNames from './carry-names.ts';

describe('the code migration of names', () => {
  it('carries the names of targets, keeps the environments, and lets deploy back up by itself', async () => {
    const tree = createTreeWithEmptyWorkspace();
    const environments = { production: { protected: true } };
    const options = {
      backupVerifyTargetName: 'db-backup-verify',
      deployBackupTargetName: 'db-deploy-backup',
    };
    writeJson(tree, 'apps/api/wrangler.json', {
      d1_databases: [{ binding: 'DB', database_name: 'api', database_id: 'id' }],
    });
    addProjectConfiguration(tree, 'api', {
      root: 'apps/api',
      targets: {
        deploy: { dependsOn: ['build', 'db-deploy-backup'] },
        'backup-list': { options: { output: 'archives', database: 'DB' } },
        restore: {
          executor: 'd1-backup:restore',
          options: { to: 'tmp', output: 'archives', startAfter: '3' },
        },
      },
    });
    updateNxJson(tree, {
      ...readNxJson(tree),
      plugins: [{ plugin: 'd1-backup/plugin', options: { ...options, environments } }],
    });
    writeJson(tree, 'package.json', {
      scripts: { a: 'nx run api:backup --since=a.zip && nx run api:db-backup-verify --output=b' },
    });
    for (let run = 0; run < 2; run++) {
      await carryNames(tree);
      expect(readNxJson(tree)?.plugins).toEqual([
        { plugin: 'd1-backup/plugin', options: { targetPrefix: 'db-', environments } },
      ]);
      const { targets } = readJson(tree, 'apps/api/project.json');
      expect(targets.deploy.dependsOn).toEqual(['build']);
      expect(targets['db-backup-list'].options).toEqual({ archives: 'archives' });
      expect(Object.values(targets)).toContainEqual({
        executor: 'd1-backup:restore',
        options: { extractTo: 'tmp', archives: 'archives' },
      });
      expect(readJson(tree, 'package.json').scripts.a).toBe(
        'nx run api:db-backup --previous=a.zip && nx run api:db-backup-verify --archives=b',
      );
    }
  });
});
