import type { RuleContext } from '../engine/rule.ts';
import type { Rebuild } from './rebuilds.ts';

/** What has written a file, where its form tells. */
export type Generator = 'Drizzle Kit' | 'Prisma';

/** Drizzle Kit names the new table `__new_users`; Prisma says `-- RedefineTables` above the rebuild of `new_User`. */
export function generatorOf(
  { table, createdAs }: Pick<Rebuild, 'table' | 'createdAs'>,
  { tokens }: Pick<RuleContext, 'tokens'>,
): Generator | undefined {
  if (createdAs.text === `__new_${table.name}`) return 'Drizzle Kit';
  const isPrisma = tokens.some(({ kind, text }) => kind === 'comment' && /^-- RedefineTables?\b/.test(text));
  return isPrisma && createdAs.text === `new_${table.name}` ? 'Prisma' : undefined;
}

/** The comments that Prisma writes above its statements. */
const PRISMA = /^-- (Create|Alter|Drop|Redefine|Rename)(Tables?|Index)$/;

/** By the comments of the file; undefined where it has none of them. */
export function generatorOfFile({ tokens }: Pick<RuleContext, 'tokens'>): Generator | undefined {
  const comments = tokens.filter(({ kind }) => kind === 'comment').map(({ text }) => text.trimEnd());
  if (comments.some((text) => text === '--> statement-breakpoint')) return 'Drizzle Kit';
  return comments.some((text) => PRISMA.test(text)) ? 'Prisma' : undefined;
}

/** A sentence after a message; empty where nothing is known. */
export function generatedBy(
  rebuild: Pick<Rebuild, 'table' | 'createdAs'>,
  context: Pick<RuleContext, 'tokens'>,
): string {
  const generator = generatorOf(rebuild, context);
  return generator === undefined ? '' : ` This is the form in which ${generator} generates a rebuild.`;
}
