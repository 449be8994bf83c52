import Anser from 'anser';
import stringWidth from 'string-width';

const FONT = 14;
const COLUMN = 8.43;
const LINE = 19;
const MARGIN = 16;
const TITLE = 28;

/** The colors of a terminal with a dark background, by the number that the escape codes give them. */
const COLORS: Readonly<Record<string, string>> = {
  'ansi-black': '#6e7681',
  'ansi-red': '#ff7b72',
  'ansi-green': '#7ee787',
  'ansi-yellow': '#e3b341',
  'ansi-blue': '#79c0ff',
  'ansi-magenta': '#d2a8ff',
  'ansi-cyan': '#76e3ea',
  'ansi-white': '#e6edf3',
  'ansi-bright-black': '#8b949e',
};
const TEXT = '#e6edf3';
const BACKGROUND = '#0d1117';

/** What a terminal shows, with its escape codes, as a picture. */
export function terminalSvg(output: string): string {
  const lines = output.split('\n');
  const columns = Math.max(60, ...lines.map((line) => stringWidth(line)));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = TITLE + lines.length * LINE + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<circle cx="18" cy="16" r="5" fill="#ff5f57"/><circle cx="36" cy="16" r="5" fill="#febc2e"/><circle cx="54" cy="16" r="5" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${FONT}" fill="${TEXT}" xml:space="preserve">
${lines.map((line, index) => `<text x="${MARGIN}" y="${TITLE + (index + 1) * LINE}">${spans(line)}</text>`).join('\n')}
</g>
</svg>
`;
}

/** The text of a picture, line by line. */
export const svgText = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, line = '']) => line.replaceAll(/<[^>]*>/g, ''));

const spans = (line: string): string =>
  Anser.ansiToJson(line, { use_classes: true, remove_empty: true })
    .map(({ content, fg, decorations }) => {
      const style = [
        fg && COLORS[fg] !== undefined ? `fill="${COLORS[fg]}"` : '',
        decorations.includes('bold') ? 'font-weight="bold"' : '',
        decorations.includes('dim') ? 'opacity="0.6"' : '',
        decorations.includes('underline') ? 'text-decoration="underline"' : '',
      ].filter((part) => part !== '');
      const text = escape(content);
      return style.length === 0 ? text : `<tspan ${style.join(' ')}>${text}</tspan>`;
    })
    .join('');

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
