import { fileOfDatabase, ownFolder } from './own-files.ts';

describe('what several Workers or databases write', () => {
  it('lies in a folder of the Worker, whatever its name', () => {
    expect(ownFolder('dist/d1', 'site')).toBe('dist/d1/site/');
    expect(ownFolder('docs', '@acme/api')).toBe('docs/acme-api/');
  });

  it('has the binding in its name where there are several', () => {
    const databases = [{ binding: 'DB' }, { binding: 'LOGS' }];
    expect(fileOfDatabase('docs/schema.md', 'LOGS', databases)).toBe('docs/schema-LOGS.md');
    expect(fileOfDatabase('plan-eu.json', 'DB', [{ binding: 'DB' }, { binding: 'DB' }])).toBe('plan-eu.json');
  });
});
