import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabaseFile } from '../schema/index.ts';
import { temporaryFolder } from '../testing/index.ts';
import { appendEntry, readAudit, verifyChain, type AuditEntry } from './index.ts';

const ENTRY: Omit<AuditEntry, 'sequence' | 'previous'> = {
  time: '2026-01-01T00:00:00.000Z',
  run: 'r',
  action: 'migrate',
  outcome: 'done',
  bookmark: null,
  plan: null,
  migrations: [],
  error: null,
  environment: 'production',
  database: { binding: 'DB', name: null, id: null },
  actor: null,
  host: 'here',
  commit: null,
  branch: null,
  ciRun: null,
  wranglerVersion: '',
  pluginVersion: '',
};

/** Long ago: a lock that went by its age would be a dead one's. */
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

describe('the lock of an audit file', () => {
  it('is not taken from one who holds it, however old it looks', async () => {
    const file = join(temporaryFolder(), 'production.ndjson');
    await appendEntry(file, ENTRY);
    const holder = await openDatabaseFile(`${file}.lock`);
    holder.exec('BEGIN EXCLUSIVE');
    utimesSync(`${file}.lock`, LONG_AGO, LONG_AGO);
    const waiting = [appendEntry(file, ENTRY), appendEntry(file, ENTRY)];
    await someAttempts();
    expect(await readAudit(file)).toHaveLength(1);
    holder.close();
    await Promise.all(waiting);
    expect(await readAudit(file)).toHaveLength(3);
    expect(verifyChain(await readAudit(file))).toEqual([]);
  });

  it('is free where a process has died, whatever that has left', async () => {
    const file = join(temporaryFolder(), 'production.ndjson');
    writeFileSync(`${file}.lock`, '');
    await appendEntry(file, ENTRY);
    expect(await readAudit(file)).toHaveLength(1);
  });
});

const someAttempts = () => new Promise((resolve) => setTimeout(resolve, 200));
