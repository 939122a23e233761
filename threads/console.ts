import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Context } from '../model/context.ts';
import { putBehind } from './priority.ts';

const project = join(import.meta.dirname, '..');

/** Says of which sources a bundle is; stands in it, so that both are put in place at once. */
export const sourcesFile = 'sources.sha256';

export const consoleFolder = (root: string): string => join(root, 'console', 'dist');

/**
 * A digest of all the bundle is made from; of `api` it has nothing but types.
 * By content: git gives what it pulls the time of the pull, and what it leaves alone an older one.
 */
export function consoleSources(root: string): string {
  const found = globSync(['console/**', 'model/**', 'tsconfig.json', 'package-lock.json'], {
    cwd: root,
    exclude: ['console/dist/**', 'console/*.tmp/**'],
    withFileTypes: true,
  });
  const files = found.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const digest = createHash('sha256');
  for (const path of paths) {
    digest
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return digest.digest('hex');
}

function isUpToDate(root: string): boolean {
  const file = join(consoleFolder(root), sourcesFile);
  return existsSync(file) && readFileSync(file, 'utf8') === consoleSources(root);
}

/**
 * The folder of the console's bundle. Where it is missing, or of other sources than are there now, it is made in the background,
 * so that the doors need not wait; until then what was there before is served.
 */
export function ensureConsole({ log }: Pick<Context, 'log'>, root = project): string {
  const folder = consoleFolder(root);
  if (isUpToDate(root)) return folder;
  log('info', 'console is being built');
  const child = spawn(process.execPath, [join(project, 'scripts', 'build-console.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  putBehind(child);
  child.on('exit', (code) => {
    if (code === 0) return log('info', 'console is built');
    const left = existsSync(folder) ? 'the old one is served' : 'there is none';
    log('error', `console could not be built, ${left}; run npm run build`, { code });
  });
  return folder;
}
