import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { parsers } from 'prettier/plugins/markdown';
import { comment, loadTokenizer, splitStatements } from '../sql/index.ts';
import { fuzzRuns, HARMFUL, hostileText } from '../testing/index.ts';
import {
  githubAnnotation,
  jsonText,
  markdownBlock,
  markdownCode,
  markdownTable,
  markdownText,
  mermaidText,
  mermaidWord,
  style,
  table,
  terminalText,
  xmlText,
} from './index.ts';

/** Nothing that names, SQL or messages hold does anything in the medium that they are painted for. */
const always = (holds: (text: string) => void): void =>
  fc.assert(fc.property(hostileText(), holds), fuzzRuns(200));

describe('a terminal', () => {
  it('gets lines without commands and controls, as many as there are', () => {
    always((text) => {
      const shown = terminalText([text, `  ${text}`, style.bad(text), ...table([[text, text]])]);
      expect(shown).not.toMatch(HARMFUL);
      expect(shown.split('\n')).toHaveLength(5);
    });
  });

  it('gets the colors of "style", and none that only looks like one', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, getColorDepth: () => 4 });
    const before = process.env['NO_COLOR'];
    process.env['NO_COLOR'] = '';
    const shown = terminalText([`${style.good('yes')} \u001b[32mno\u001b[39m`], terminal);
    expect(shown).toBe('\u001b[32myes\u001b[39m \\u001b[32mno\\u001b[39m\n');
    process.env['NO_COLOR'] = '1';
    expect(terminalText([style.good('plain')], terminal)).toBe('plain\n');
    process.env['NO_COLOR'] = before ?? '';
  });

  it('gets texts that are harmless as they are', () => {
    const text = '\tDEFAULT \'a::b\' # 絵 é 👩‍🚀 "x" [y] `z` 100 %';
    expect(terminalText([text])).toBe(`${text}\n`);
  });
});

describe('an annotation', () => {
  it('is one line, and one command', () => {
    always((text) => {
      const line = githubAnnotation('error', text, { file: text, line: 1 });
      expect(line).not.toMatch(/(?!\t)[\p{Cc}\p{Bidi_Control}]/u);
      const [, properties, ...message] = line.split('::');
      expect(properties?.match(/[:,]/g)).toEqual([',']);
      expect(message.length).toBeGreaterThan(0);
    });
  });
});

describe('JSON', () => {
  it('has every character, and none that does anything in a log', () => {
    always((text) => {
      const json = jsonText({ [text]: [text] });
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
      expect(json).not.toMatch(HARMFUL);
    });
  });
});

describe('XML', () => {
  it('has text where a text is painted', () => {
    always((text) => {
      const painted = xmlText(text);
      expect(painted).not.toMatch(
        /[<>"']|&(?!(amp|lt|gt|quot|apos);)|(?![\t\n])\p{Cc}|[\ufffe\uffff]|\p{Cs}/u,
      );
    });
  });
});

describe('Mermaid', () => {
  it('has one text, or one word, where a name is painted', () => {
    always((text) => {
      expect(mermaidText(text)).toMatch(/^"[^"%\\<>\p{Cc}]+"$/u);
      expect(mermaidWord(text)).toMatch(/^[A-Za-z][\w-]*$/);
    });
  });
});

describe('a comment in SQL', () => {
  it('ends where its line ends', async () => {
    const tokenize = await loadTokenizer();
    always((text) => {
      const tokens = tokenize(`${comment(text)}\nSELECT 1`);
      expect(tokens[0]?.text).toBe(comment(text));
      expect(splitStatements(tokens)).toHaveLength(1);
    });
  });
});

describe('Markdown', () => {
  interface Node {
    readonly type: string;
    readonly children?: readonly Node[];
    readonly url?: string;
    readonly value?: string;
  }

  /** A bare address leads where it says. */
  const isBare = ({ url, children: [text] = [] }: Node): boolean =>
    url !== undefined && text?.value !== undefined && url.endsWith(text.value);

  const kinds = (node: Node): readonly string[] =>
    isBare(node) ? [] : [node.type, ...(node.children ?? []).flatMap(kinds)];

  const parse = (lines: readonly string[]): readonly string[] => {
    const text = `${lines.join('\n')}\n`;
    // The parser needs nothing of the options but the text.
    const root: Node = parsers.markdown.parse(text, Object.create({ originalText: text }));
    return kinds(root).filter((kind) => !['sentence', 'word', 'whitespace', 'text'].includes(kind));
  };

  it('has text where a text is painted', () => {
    always((text) => {
      const painted = markdownText(text);
      expect(parse(['before', '', painted])).toEqual(
        painted.trim() === '' ? ['root', 'paragraph'] : ['root', 'paragraph', 'paragraph'],
      );
      expect(parse([`## a ${painted}`])).toEqual(['root', 'heading']);
      expect(parse([`- a ${painted}`])).toEqual(['root', 'list', 'listItem', 'paragraph']);
    });
  });

  it('has code where code is painted', () => {
    always((text) => {
      expect(parse([`a ${markdownCode(text)} b`])).toEqual(['root', 'paragraph', 'inlineCode']);
      expect(parse(markdownBlock('sql', text.split('\n')))).toEqual(['root', 'code']);
    });
  });

  it('has as many cells and rows as are painted', () => {
    const row = ['tableRow', 'tableCell', 'tableCell'];
    always((text) => {
      const cells = [markdownText(text), markdownCode(text)];
      expect(parse(markdownTable(['a', 'b'], [cells, cells]))).toEqual([
        'root',
        'table',
        ...row,
        ...row,
        'inlineCode',
        ...row,
        'inlineCode',
      ]);
    });
  });
});
