import { appliedTexts, type NewJournalEntry } from 'd1-core/history';
import type { Checksums } from 'd1-core/migrations';
import type { RunIdentity } from 'd1-core/run';
import type { Survey } from '../status/index.ts';

/** What happened to one migration. */
export interface JournalEvent extends Pick<NewJournalEntry, 'action' | 'outcome'> {
  readonly migration: string;
  readonly durationMs?: number | undefined;
  /** Anything more, as a value that JSON can hold. */
  readonly detail?: object | undefined;
  /** When they are not those of the file as it is now. */
  readonly checksums?: Checksums | undefined;
}

/** Makes the rows that a run adds to the journal. */
export function journalEntries(
  { target, checksumsOf }: Survey,
  identity: RunIdentity,
  events: readonly JournalEvent[],
  bookmark: string | null = null,
): readonly NewJournalEntry[] {
  return events.map(({ checksums, durationMs, detail, ...event }) => {
    const { raw, tokens } = checksums ?? checksumsOf(event.migration);
    return {
      ...identity,
      ...event,
      rawChecksum: raw,
      tokenChecksum: tokens,
      bookmark,
      wranglerVersion: target.wrangler.version,
      durationMs: durationMs ?? null,
      detail: detail === undefined ? null : JSON.stringify(detail),
    };
  });
}

/**
 * What the journal lacks about migrations that are applied: an interrupted run wrote no end, and wrangler on its own
 * writes nothing. An interrupted run noted the checksums before it began; where the file has others now, nobody knows
 * which were applied, and nothing is noted. For what was applied by other means those of the file as it is now are taken,
 * so that a change from now on is seen.
 */
export function missingEvents({ state, files, migrations }: Survey): readonly JournalEvent[] {
  const texts = appliedTexts(state);
  const names = new Set(files.map(({ name }) => name));
  return migrations
    .filter(
      ({ name, state: is, appliedAt }) =>
        appliedAt !== null && names.has(name) && is !== 'unknown' && texts.get(name)?.certain !== true,
    )
    .map(({ name }) => {
      const text = texts.get(name);
      return text === undefined
        ? { action: 'adopt', migration: name, outcome: 'applied' }
        : {
            action: 'migrate',
            migration: name,
            outcome: 'applied',
            checksums: { raw: text.raw, tokens: text.tokens },
            detail: { interrupted: true },
          };
    });
}
