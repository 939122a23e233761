import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Frozen } from '../../backup/take.ts';
import { quiet } from '../../model/context.ts';
import { createBackup } from '../../threads/backup.ts';
import { folderOfTest } from './folders.ts';
import { startGuanjia } from './guanjia.ts';

/** The process that makes the backup of a folder. */
const killIts = (folder: string) =>
  spawnSync('pkill', ['-KILL', '-f', `backup-process.ts ${folder}`]).status === 0;
const isThere = (folder: string) =>
  spawnSync('pgrep', ['-f', `backup-process.ts ${folder}`]).status === 0;

test('a backup whose process dies while the store is being frozen leaves the store thawed, and the next may begin', async () => {
  const home = folderOfTest();
  const guanjia = await startGuanjia(home);
  await guanjia.stop();
  const folder = join(home, 'data');
  const frozen = Promise.withResolvers<Frozen>();
  let freezes = 0;
  let thawed = 0;
  const backup = createBackup(
    folder,
    {
      freeze() {
        freezes++;
        expect(killIts(folder)).toBe(true);
        return frozen.promise;
      },
      async thaw() {
        thawed++;
      },
    },
    quiet,
  );
  const first = backup();
  first.catch(() => {});
  await expect.poll(() => freezes, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => isThere(folder), { timeout: 20_000 }).toBe(false);
  await wait(200);
  frozen.resolve({} as Frozen);
  await expect(first).rejects.toThrow('ended too early');
  expect(thawed).toBe(1);
  await expect(backup()).rejects.not.toMatchObject({ code: 'SERVICE_BUSY' });
  // What was said to a process that has just died may fail before its end is heard.
  await expect.poll(() => thawed, { timeout: 20_000 }).toBe(2);
}, 60_000);
