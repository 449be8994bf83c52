import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { migrateIn } from '../testing/index.ts';
import { noteWrangler } from '../testing/counted-wrangler.ts';

/** What any process has open below a folder, as Linux tells it. */
const OPEN_FILES = `import { readdirSync, readlinkSync } from 'node:fs';
const below = (folder) => { try { return readdirSync(folder); } catch { return []; } };
const open = below('/proc').filter((id) => /^\\d+$/.test(id)).flatMap((id) => below('/proc/' + id + '/fd').flatMap((fd) => {
  try { return [readlinkSync('/proc/' + id + '/fd/' + fd)]; } catch { return []; }
}));
`;

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the local database while wrangler applies', () => {
  onLinux('is open in no other process, which might lock it', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    noteWrangler(workspace);
    const bin = join(workspace.root, 'node_modules', process.env['D1_WRANGLER'] || 'wrangler', 'bin.mjs');
    const seen = join(workspace.root, 'open.json');
    writeFileSync(
      bin,
      `${OPEN_FILES}appendFileSync(${JSON.stringify(seen)}, JSON.stringify(open.filter((file) => file.startsWith(${JSON.stringify(workspace.root)}) && file.includes('.sqlite'))));
${readFileSync(bin, 'utf8')}`,
    );
    expect(await migrateIn(workspace)).toMatchObject({ outcome: 'applied' });
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual([]);
  });
});
