import { spawnSync } from 'node:child_process';
import { makeFolder, removeFolder } from './guanjia.ts';

/** File systems of limited size, which only root can mount. */

const run = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args).status === 0;

/** @param size as `mount` takes it: `8m` */
export const mountDisk = (at: string, size: string): boolean =>
  run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at);
export const resizeDisk = (at: string, size: string): boolean =>
  run('mount', '-o', `remount,size=${size}`, at);
/** Shows a folder in a second place. */
export const bindFolder = (folder: string, at: string): boolean =>
  run('mount', '--bind', folder, at);
export const unmount = (at: string): boolean => run('umount', at);

export function canMountDisk(): boolean {
  const probe = makeFolder();
  const mounted = mountDisk(probe, '1m');
  if (mounted) unmount(probe);
  removeFolder(probe);
  return mounted;
}
