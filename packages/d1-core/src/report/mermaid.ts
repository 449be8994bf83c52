import { visible } from './visible.ts';

/**
 * A text between double quotes in a Mermaid diagram: nothing in it ends the quotes, is HTML, or begins a directive
 * (`%%{init: …}%%` is one wherever it stands). A backslash is not allowed in the names of an ER diagram.
 */
export const mermaidText = (text: string): string => {
  const plain = visible(text)
    .replaceAll(/\s+/g, ' ')

    .replaceAll(/[%\\<>`]/g, '_')
    .replaceAll('"', "'");
  return `"${plain === '' ? '_' : plain}"`;
};

/** A single word of letters, digits, underscores and hyphens: Mermaid has types and attributes only so. */
export function mermaidWord(text: string): string {
  const plain = text.replaceAll(/[^\w-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(plain) ? plain : `x${plain}`;
}
