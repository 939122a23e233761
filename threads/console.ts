import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../model/context.ts';

const root = join(import.meta.dirname, '..');

/** The folder of the console's bundle; made in the background where it is missing, so that the doors need not wait. */
export function ensureConsole({ log }: Pick<Context, 'log'>): string {
  const folder = join(root, 'console', 'dist');
  if (existsSync(join(folder, 'index.html'))) return folder;
  log('info', 'console is being built');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', 'console', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  child.on('exit', (code) => {
    if (code === 0) log('info', 'console is built');
    else log('error', 'console could not be built; run npm run build', { code });
  });
  return folder;
}
