import { openMemoryDatabase } from './sqlite.ts';

describe('SQLite', () => {
  it('is loaded without a change to how this process warns, however many ask for it at once', async () => {
    const { emitWarning } = process;
    const databases = await Promise.all([openMemoryDatabase(), openMemoryDatabase(), openMemoryDatabase()]);
    for (const database of databases) database.close();
    expect(process.emitWarning).toBe(emitWarning);
  });
});
