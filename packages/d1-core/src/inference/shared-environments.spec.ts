import { withSharedEnvironments } from './shared-environments.ts';

const RULES = { production: { branches: ['main'], cleanWorkTree: true } };

describe('the rules of an environment in nx.json', () => {
  it('bind every plugin that works on its database, whichever of them has the rules', () => {
    const plugins = [{ plugin: 'd1-migrate/plugin', options: { environments: RULES } }, 'd1-backup/plugin'];
    expect(withSharedEnvironments({ database: 'DB' }, plugins)).toEqual({
      database: 'DB',
      environments: RULES,
    });
  });

  it('are those of the plugin itself where it has its own', () => {
    const plugins = [{ plugin: 'd1-migrate/plugin', options: { environments: RULES } }];
    const own = { environments: { production: { branches: ['release'] }, eu: { protected: true } } };
    expect(withSharedEnvironments(own, plugins).environments).toEqual({
      production: { branches: ['release'], cleanWorkTree: true },
      eu: { protected: true },
    });
  });

  it('are not taken from other plugins, or from options that are wrong', () => {
    const plugins = [
      { plugin: 'other/plugin', options: { environments: RULES } },
      { plugin: 'd1-backup/plugin', options: { environments: { production: 'protected' } } },
      { plugin: 'd1-migrate/plugin' },
    ];
    expect(withSharedEnvironments({}, plugins)).toEqual({});
  });
});
