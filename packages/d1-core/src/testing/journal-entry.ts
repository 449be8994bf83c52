import type { JournalEntry } from '../records/index.ts';

/** A row of the journal that says that a migration was applied, but for what `part` says. */
export const testJournalEntry = (part: Partial<JournalEntry>): JournalEntry => ({
  id: 1,
  time: '2026-01-01T00:00:00.000Z',
  run: 'r',
  action: 'migrate',
  migration: '0001_a.sql',
  outcome: 'applied',
  rawChecksum: null,
  tokenChecksum: null,
  bookmark: null,
  actor: null,
  commit: null,
  wranglerVersion: '',
  pluginVersion: '',
  durationMs: null,
  detail: null,
  ...part,
});
