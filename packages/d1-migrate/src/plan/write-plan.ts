import { extname } from 'node:path';
import { replaceFile } from 'd1-core/node';
import { planDocument } from './document.ts';
import { planMarkdown } from './markdown.ts';
import type { Plan } from './plan.ts';

/** Where the summary of a plan stands: beside it, as Markdown. */
export const summaryFile = (file: string): string =>
  `${extname(file) === '.json' ? file.slice(0, -'.json'.length) : file}.md`;

/** Writes a plan and its summary. A reader finds the whole file, or the one of before. */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  await replaceFile(summaryFile(file), planMarkdown(plan));
  await replaceFile(file, `${JSON.stringify(planDocument(plan), null, 2)}\n`);
}
