/** A block of shell commands in a page of Markdown, with the output that the page shows. */
export interface ShellBlock {
  readonly text: string;
  /** The words after `sh`: `fails` for a block whose last command must, `other-terminal` for a server. */
  readonly marks: readonly string[];
  /** Lines, in which `…` stands for any text. Undefined where the page shows none. */
  readonly output: readonly string[] | undefined;
  /** The line of the page, from 1. */
  readonly line: number;
}

interface Fence {
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

/** The blocks that begin with ```sh, in their order; a block ```text after one is its output. */
export function shellBlocks(page: string): readonly ShellBlock[] {
  const all = fences(page);
  return all.flatMap(({ info, text, line }, index) => {
    const [language, ...marks] = info.split(' ');
    const next = all[index + 1];
    if (language !== 'sh') return [];
    return [{ text, marks, line, output: next?.info === 'text' ? next.text.split('\n') : undefined }];
  });
}

function fences(page: string): readonly Fence[] {
  const found: Fence[] = [];
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(text);
    if (open === undefined) {
      if (fence !== null) open = { info: fence[1] ?? '', line: index + 1, lines: [] };
    } else if (fence?.[1] === '') {
      found.push({ ...open, text: open.lines.join('\n') });
      open = undefined;
    } else {
      open.lines.push(text);
    }
  }
  return found;
}

/** The lines of a shown output that a real one does not have, in this order; others may stand between. */
export function missingLines(shown: readonly string[], actual: readonly string[]): readonly string[] {
  const lines = actual.map((line) => line.trim());
  const missing: string[] = [];
  let from = 0;
  for (const line of shown.map((one) => one.trim()).filter((one) => one !== '')) {
    const pattern = new RegExp(`^${line.split('…').map(escape).join('.*')}$`);
    const at = lines.findIndex((one, index) => index >= from && pattern.test(one));
    if (at < 0) missing.push(line);
    else from = at + 1;
  }
  return missing;
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
