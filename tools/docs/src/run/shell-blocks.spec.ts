import { missingLines, shellBlocks } from './shell-blocks.ts';

const PAGE = `# A page

\`\`\`sh
echo one
\`\`\`

\`\`\`text
one
\`\`\`

\`\`\`sh fails
false
\`\`\`

\`\`\`json
{}
\`\`\`
`;

describe('the shell blocks of a page', () => {
  it('are found with their marks and the output that is shown', () => {
    expect(shellBlocks(PAGE)).toEqual([
      { text: 'echo one', marks: [], line: 3, output: ['one'] },
      { text: 'false', marks: ['fails'], line: 11, output: undefined },
    ]);
  });

  it('are as the page says when each shown line is printed, in that order', () => {
    const printed = ['one', 'between', '  two (2 ms)', 'three'];
    expect(missingLines(['one', '', 'two (… ms)', 'three'], printed)).toEqual([]);
  });

  it.each([
    ['a line that is not printed', ['one', 'four'], ['four']],
    ['another order', ['three', 'one'], ['one']],
    ['a part of a line', ['two'], ['two']],
    ['a line that is printed once and shown twice', ['one', 'one'], ['one']],
  ])('are not for %s', (_, shown, missing) => {
    expect(missingLines(shown, ['one', 'two (2 ms)', 'three'])).toEqual(missing);
  });
});
