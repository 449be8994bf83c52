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
      targets: { deploy: { dependsOn: ['build', 'db-deploy-backup'] } },
    });
    updateNxJson(tree, {
      ...readNxJson(tree),
      plugins: [{ plugin: 'd1-backup/plugin', options: { ...options, environments } }],
    });
    writeJson(tree, 'package.json', { scripts: { a: 'nx run api:backup && nx run api:db-backup-verify' } });
    for (let run = 0; run < 2; run++) {
      await carryNames(tree);
      expect(readNxJson(tree)?.plugins).toEqual([
        { plugin: 'd1-backup/plugin', options: { targetPrefix: 'db-', environments } },
      ]);
      expect(readJson(tree, 'apps/api/project.json').targets.deploy.dependsOn).toEqual(['build']);
      expect(readJson(tree, 'package.json').scripts.a).toBe(
        'nx run api:db-backup && nx run api:db-backup-verify',
      );
    }
  });
});
