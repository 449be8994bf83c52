import { rename, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { makeFolder } from 'd1-core/node';
import { planDocument } from './document.ts';
import { planMarkdown } from './markdown.ts';
import type { Plan } from './plan.ts';

/** Where the summary of a plan stands: beside it, as Markdown. */
export const summaryFile = (file: string): string =>
  `${extname(file) === '.json' ? file.slice(0, -'.json'.length) : file}.md`;

/** Writes a plan and its summary. A reader finds the whole file, or the one of before. */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  makeFolder(dirname(file));
  await replace(summaryFile(file), planMarkdown(plan));
  await replace(file, `${JSON.stringify(planDocument(plan), null, 2)}\n`);
}

async function replace(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
