import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execaSync } from 'execa';
import GithubSlugger from 'github-slugger';
import { REPOSITORY } from './page.ts';

interface Link {
  readonly page: string;
  readonly target: string;
}

const pages = execaSync('git', ['ls-files', '*.md'], { cwd: REPOSITORY }).stdout.split('\n');

/** Without what stands in code. */
const prose = (page: string): string =>
  readFileSync(join(REPOSITORY, page), 'utf8')
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]]/g, ''));

const linksOf = (page: string): readonly Link[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  return new Set([...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slugger.slug(heading)));
}

function isBroken({ page, target }: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(REPOSITORY, join(REPOSITORY, dirname(page), path));
  if (!existsSync(join(REPOSITORY, file))) return true;
  return anchor !== undefined && !anchorsOf(file).has(anchor);
}

describe('the links between pages', () => {
  it('lead to files and headings that exist', () => {
    const links = pages.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(isBroken)).toEqual([]);
  });

  it('lead out of no README that npm shows', () => {
    const readmes = pages.filter((page) => /^packages\/[^/]+\/README\.md$/.test(page));
    expect(readmes.length).toBeGreaterThan(4);
    expect(readmes.flatMap(linksOf).filter(({ target }) => !target.startsWith('#'))).toEqual([]);
  });
});
