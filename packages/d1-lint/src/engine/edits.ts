import type { Edit, Fix, Range } from './finding.ts';

/** Applies edits that do not overlap, from the end backwards, so that the offsets stay right. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

/** As many of the fixes as can be applied at once; the others get their turn when the result is linted again. */
export function compatibleFixes<One extends { readonly fix: Fix }>(fixes: readonly One[]): readonly One[] {
  const chosen: One[] = [];
  const taken: Edit[] = [];
  for (const one of fixes) {
    if (one.fix.edits.some((edit) => taken.some((other) => collide(edit, other)))) continue;
    chosen.push(one);
    taken.push(...one.fix.edits);
  }
  return chosen;
}

/** Two insertions at one place collide too: their order would be chance. */
const collide = (a: Range, b: Range): boolean => a.start <= b.end && b.start <= a.end;

/** Deletes a statement with its semicolon; with its line, when nothing else stands on it. */
export function removeStatement(text: string, { start, end }: Range): Edit {
  const stop = end + (/^\s*;/.exec(text.slice(end))?.[0].length ?? 0);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = /^[ \t]*(\r?\n|$)/.exec(text.slice(stop));
  const alone = text.slice(lineStart, start).trim() === '' && lineEnd !== null;
  return alone
    ? { start: lineStart, end: stop + lineEnd[0].length, text: '' }
    : { start, end: stop, text: '' };
}
