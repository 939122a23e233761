/** `npm run build`: builds the console of the current folder beside the bundle that may be served, and puts it in place when it is whole. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { consoleFolder, consoleSources, sourcesFile } from '../threads/console.ts';

const root = process.cwd();
const bundle = consoleFolder(root);
// Several services may start at once.
const next = `${bundle}-${process.pid}.tmp`;
const former = `${bundle}-${process.pid}-former.tmp`;
const ofBuilder = /^dist-(\d+)(-former)?\.tmp$/;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A builder that was killed could not tidy up. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = ofBuilder.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(join(folder, name), { recursive: true });
  }
}

process.on('exit', () => {
  for (const folder of [next, former]) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

removeLeftovers(dirname(bundle));
// Before it is built: what changes meanwhile makes the bundle an old one.
const sources = consoleSources(root);
await build({ root: join(root, 'console'), logLevel: 'warn', build: { outDir: next } });
writeFileSync(join(next, sourcesFile), sources);
if (existsSync(bundle)) renameSync(bundle, former);
renameSync(next, bundle);
