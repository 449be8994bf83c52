import { isTrivia, type Token } from 'd1-core/sql';
import type { Edit } from '../../engine/finding.ts';
import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';

export default defineRule({
  id: 'compat/crlf',
  severity: 'warning',
  kind: 'policy',
  summary: 'A file whose lines end with CRLF.',
  why: `A text over several lines gets other characters into the database than on a machine that ends lines with LF, and D1 has cut
triggers at such a line end. Git makes them on Windows. --fix leaves those inside of a text: there they are data.`,
  bad: [table.replaceAll('\n', '\r\n')],
  good: [table],
  check({ file, tokens, content, report }) {
    const found = content.find(({ code }) => code === 'crlf');
    if (found === undefined) return;
    const at = file.text.indexOf('\r\n');
    const edits = tokens.filter(isTrivia).flatMap(lineEnds);
    report({
      at: { start: at, end: at + 2 },
      message: found.message,
      help: found.fix,
      fix: edits.length === 0 ? undefined : { title: 'Convert the line ends to LF', edits, safe: true },
    });
  },
});

const lineEnds = ({ text, start }: Token): readonly Edit[] =>
  [...text.matchAll(/\r(?=\n)/g)].map(({ index }) => ({
    start: start + index,
    end: start + index + 1,
    text: '',
  }));
