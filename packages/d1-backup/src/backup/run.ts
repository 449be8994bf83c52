import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull } from 'd1-core/errors';
import type { ObjectStore, PreviousObjects } from '../bucket/index.ts';
import { archiveName, PARTIAL } from '../format/index.ts';
import { keptPartials, openObjectJournal, type ObjectJournal } from './object-journal.ts';
import { freeTime, newestTime, removeLeftovers, workFolder } from './output-folder.ts';
import type { BackupRequest } from './request.ts';

/** One run of a backup: its names, and what it leaves behind. */
export interface Run {
  readonly startedAt: Date;
  /** The time of an archive that is there already, where this run is earlier by the clock of the machine. */
  readonly notBefore: Date | undefined;
  /** Of the finished archive. */
  readonly name: string;
  /** The archive until it is finished. */
  readonly partial: string;
  readonly partialName: string;
  /** The encrypted archive until it is finished. */
  readonly encrypted: string;
  readonly workplace: string;
  /** Undefined when nothing may be left behind. */
  readonly journal: ObjectJournal | undefined;
  /** What a broken run has fetched. */
  readonly previous: PreviousObjects | undefined;
  /** Deletes all but the finished archive. */
  end(): Promise<void>;
  /** Deletes what is of no more use after an error. Gives how many objects are kept for `--resume`. */
  breakOff(error: unknown): Promise<number>;
}

/**
 * Chooses the names of a run, and deletes what killed runs left. The output folder must be locked. `elsewhere` are the names
 * of archives in the bucket that this one goes to.
 */
export async function beginRun(
  { output, target, parts, recipients, resume, now = () => new Date() }: BackupRequest,
  store: ObjectStore | undefined,
  elsewhere: readonly string[],
): Promise<Run> {
  // An unfinished archive is not encrypted, so nothing is left of one that should be.
  const isResumable = recipients.length === 0 && store !== undefined;
  const journal = isResumable
    ? openObjectJournal(output, `${target.environment.name} ${store.bucket}`)
    : undefined;
  await removeLeftovers(output, await keptPartials(output));
  const names = [...(await readdir(output)), ...elsewhere];
  const startedAt = await freeTime(names, now);
  const newest = newestTime(names);
  const { databaseName, binding } = target.database;
  const content = parts === 'photos' ? store?.bucket : (databaseName ?? binding);
  const plain = archiveName(startedAt, [
    target.environment.name,
    ...(content === undefined ? [] : [content]),
  ]);
  const name = recipients.length > 0 ? `${plain}.age` : plain;
  const partialName = `${plain}${PARTIAL}`;
  const partial = join(output, partialName);
  const encrypted = join(output, `${plain}.age${PARTIAL}`);
  return {
    startedAt,
    notBefore: newest !== undefined && newest > startedAt ? newest : undefined,
    name,
    partial,
    partialName,
    encrypted,
    workplace: workFolder(output),
    journal,
    previous: resume ? await journal?.previous() : undefined,
    async end() {
      await rm(partial, { force: true });
      await journal?.remove();
    },
    async breakOff(error) {
      await rm(encrypted, { force: true });
      await journal?.close().catch(() => undefined);
      const isWorthKeeping = journal !== undefined && !isDiskFull(error);
      if (!isWorthKeeping || !(await journal.partials()).has(partialName)) await rm(partial, { force: true });
      if (journal === undefined) return 0;
      if (!isWorthKeeping) await journal.remove();
      return (await journal.previous()).count;
    },
  };
}
