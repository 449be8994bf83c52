import { style } from 'd1-core/report';
import type { Block } from './rule-page.ts';

/** The page of a rule as lines for a terminal. */
export const terminal = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap((block, index) => (index === 0 ? lines(block) : ['', ...lines(block)]));

function lines(block: Block): readonly string[] {
  switch (block.kind) {
    case 'title':
    case 'heading':
      return [style.bold(block.text)];
    case 'text':
      return block.text.split('\n');
    case 'list':
      return block.items.map((item) => `- ${item}`);
    case 'code':
      return block.text.split('\n').map((line) => `  ${line}`.trimEnd());
  }
}
