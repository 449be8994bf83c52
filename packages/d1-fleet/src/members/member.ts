import type { Target } from 'd1-core/target';

/** One database of a fleet. */
export interface Member {
  /** Its id at Cloudflare, or what tells local databases apart. */
  readonly id: string;
  /** What it is called in reports; its id where it has no name. */
  readonly name: string;
  /** The wave that the list puts it in. */
  readonly wave: string | undefined;
}

/** A member in place of the database of the target, whose folder, history table and account they share. */
export const memberTarget = (target: Target, { id, name }: Member): Target => ({
  ...target,
  database: { ...target.database, databaseId: id, databaseName: name, previewDatabaseId: undefined },
});
