import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { consoleSources, ensureConsole } from '../../threads/console.ts';

/** A console of a few lines, built by the real builder as a service builds its own. */

let root: string;
const write = (file: string, text: string) => writeFileSync(join(root, file), text);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'guanjia-console-build-'));
  for (const folder of ['console', 'console/public', 'model']) mkdirSync(join(root, folder));
  write('package-lock.json', '{}');
  write('console/index.html', '<title>first</title><script type="module" src="main.ts"></script>');
  write('console/main.ts', "import { word } from '../model/word.ts';\ndocument.title = word;\n");
  write('console/public/icon.svg', '<svg/>');
  write('model/word.ts', "export const word = 'modelled';\n");
});
afterEach(() => rmSync(root, { recursive: true }));

/** Starts as a service does. @returns what is served at once, and what the log has said when nothing is under way any more */
async function start() {
  const said: string[] = [];
  const log = (_level: string, message: string) => said.push(message);
  const folder = ensureConsole({ log }, root);
  const index = join(folder, 'index.html');
  const atOnce = existsSync(index) ? readFileSync(index, 'utf8') : undefined;
  const ended = () => expect(said.length).not.toBe(1);
  await vi.waitFor(ended, { timeout: 50_000, interval: 20 });
  return { said, atOnce, page: readFileSync(index, 'utf8') };
}

const built = ['console is being built', 'console is built'];

test('a console is built once, and served as it is while its sources are the same', async () => {
  expect((await start()).said).toEqual(built);
  // As after a pull that brought nothing for it.
  utimesSync(join(root, 'console/main.ts'), new Date(), new Date());
  expect((await start()).said).toEqual([]);
});

test('sources that changed are built again, whatever their time, and the old bundle is served until then', async () => {
  await start();
  write('console/index.html', '<title>second</title><script type="module" src="main.ts"></script>');
  utimesSync(join(root, 'console/index.html'), 0, 0);
  const again = await start();
  expect(again.atOnce).toContain('first');
  expect(again.said).toEqual(built);
  expect(again.page).toContain('second');
  expect((await start()).said).toEqual([]);
});

test('a build that fails keeps the old bundle, says so, and is tried again at the next start', async () => {
  await start();
  write('model/word.ts', 'export const = ;\n');
  for (const _ of [1, 2]) {
    const failed = await start();
    expect(failed.said).toEqual([
      'console is being built',
      'console could not be built, the old one is served; run npm run build',
    ]);
    expect(failed.page).toContain('first');
  }
  expect(readdirSync(join(root, 'console')).sort()).toEqual([
    'dist',
    'index.html',
    'main.ts',
    'public',
  ]);
});

test.each(['console/main.ts', 'console/public/icon.svg', 'model/word.ts', 'package-lock.json'])(
  'a bundle is of %s as it stands',
  (file) => {
    const before = consoleSources(root);
    write(file, `${readFileSync(join(root, file), 'utf8')} `);
    expect(consoleSources(root)).not.toBe(before);
  },
);

test('a bundle is not of bundles', () => {
  const before = consoleSources(root);
  for (const folder of ['console/dist', 'console/dist-1.tmp']) {
    mkdirSync(join(root, folder));
    write(join(folder, 'index.html'), 'built');
  }
  expect(consoleSources(root)).toBe(before);
});

test('what builders that were killed have left is removed, and not what others are building', async () => {
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  for (const pid of [`${ended}`, `${ended}-former`, `${process.pid}`]) {
    mkdirSync(join(root, `console/dist-${pid}.tmp`));
    write(`console/dist-${pid}.tmp/index.html`, 'half');
  }
  expect((await start()).said).toEqual(built);
  const left = readdirSync(join(root, 'console')).filter((name) => name.startsWith('dist'));
  expect(left.sort()).toEqual(['dist', `dist-${process.pid}.tmp`]);
});
