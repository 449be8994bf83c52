import type { CloudflareApi } from 'cloudflare-api';
import type { NxWorkspace } from 'd1-core/testing';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { REPOSITORY } from '../run/page.ts';
import { runShell } from '../run/run-shell.ts';
import { startApi } from '../run/start-api.ts';
import { cloneOfWorkspace } from '../run/workspace.ts';
import { SCREENS } from './screens.ts';
import { svgText, terminalSvg } from './svg.ts';

const FOLDER = join(REPOSITORY, 'docs/images');

/** `UPDATE_SCREENS=1 npm test -- tools/docs/src/screens` writes the pictures again. */
const isUpdate = process.env['UPDATE_SCREENS'] !== undefined;

/**
 * What the target itself prints: Nx puts the name of the task above it, and below it, in any order, how it ended and how
 * long it took.
 */
function ownOutput(all: string): string {
  const lines = all.split('\n');
  const plain = lines.map((line) => stripVTControlCharacters(line));
  const start = plain.findLastIndex((line) => line.startsWith('> nx run ')) + 1;
  const end = plain.findIndex((line, index) => index > start && / NX |^ *Run duration:/.test(line));
  const isText = (line: string) => line.trim() !== '';
  const own = plain.slice(start, end);
  return lines.slice(start + own.findIndex(isText), start + own.findLastIndex(isText) + 1).join('\n');
}

/** Times and sizes differ from run to run. */
const withoutNumbers = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replaceAll(/\d+/g, '0').replaceAll(/ +/g, ' '));

describe('the pictures of the terminal', () => {
  let api: CloudflareApi;
  let workspace: NxWorkspace;
  beforeAll(async () => {
    api = await startApi();
    workspace = await cloneOfWorkspace();
  });
  afterAll(() => api.close());

  it.each(SCREENS.map((screen) => [screen.name, screen] as const))(
    'show what the command prints: %s',
    async (name, { before, command }) => {
      if (before !== undefined) {
        const { exitCode, all } = await runShell(before, workspace, api);
        expect({ exitCode, all }).toEqual({ exitCode: 0, all });
      }
      const { all } = await runShell(command, workspace, api, { FORCE_COLOR: '1' });
      const svg = terminalSvg(`$ ${command}\n\n${ownOutput(all)}`);
      const file = join(FOLDER, `${name}.svg`);
      if (isUpdate) {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, svg);
      }
      expect(withoutNumbers(svgText(existsSync(file) ? readFileSync(file, 'utf8') : ''))).toEqual(
        withoutNumbers(svgText(svg)),
      );
    },
  );
});
