import { lineIndex, type Position } from '../sql/index.ts';

/** Lines shown before and after the one that is meant. */
const CONTEXT = 2;

/** Longer lines are cut: a seed file may hold a megabyte in one. */
const MAX_WIDTH = 120;

/** The lines of a text around a place, with a mark under it. */
export function codeFrame(text: string, { line, column }: Position): readonly string[] {
  const index = lineIndex(text);
  const last = index.positionAt(text.length).line;
  const from = Math.max(1, line - CONTEXT);
  const to = Math.min(last, line + CONTEXT);
  const gutter = String(to).length;
  const frame: string[] = [];
  for (let number = from; number <= to; number++) {
    const mark = number === line ? '>' : ' ';
    const source = index.line(number);
    const shown = source.length > MAX_WIDTH ? `${source.slice(0, MAX_WIDTH)}…` : source;
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (number === line && column <= MAX_WIDTH) {
      // Tabs keep their width, so that the mark stands under its character.
      const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
      frame.push(`  ${' '.repeat(gutter)} | ${indent}^`);
    }
  }
  return frame;
}
