import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../model/errors.ts';
import { type Progress, readArchive } from './archive.ts';
import type { Manifest } from './manifest.ts';
import { beginPlacing, commitPlacing, contentsOf, syncFolder } from './place.ts';
import { mergeJournal } from './segments.ts';

export interface RestoreOptions {
  /** Whether data that are there may be moved aside. */
  readonly replace: boolean;
  /** Folder of a journal that goes on where the backup ends. */
  readonly journal?: string;
  readonly progress?: Progress;
  now(): number;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Segments of the newer journal that were taken over. */
  readonly newerSegments: number;
  /** Where the data that were there are now. */
  readonly aside: string | undefined;
}

/**
 * Puts an archive into a data directory that the caller holds. Nothing in the directory changes before the whole archive has been read, checked
 * and written beside it.
 * @throws AppError `BACKUP_INVALID`; `DATA_DIR_UNUSABLE` where there are data already; `INPUT_INVALID` where the journal does not fit
 */
export async function restoreBackup(
  file: string,
  dir: string,
  { replace, journal, progress, now }: RestoreOptions,
): Promise<Restored> {
  const isEmpty = contentsOf(dir).length === 0;
  if (!(isEmpty || replace))
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `${dir} 中已有数据。 There are data in ${dir} already; with --replace they are moved aside.`,
    );
  const stamp = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const stage = beginPlacing(dir, stamp);
  try {
    const manifest = await extract(file, stage, progress);
    const newerSegments = journal
      ? await mergeJournal(journal, join(stage, 'journal'), manifest.positions.store)
      : 0;
    for (const folder of [join(stage, 'journal'), stage]) syncFolder(folder);
    commitPlacing(dir, stamp);
    return { manifest, newerSegments, aside: isEmpty ? undefined : join(dir, `replaced-${stamp}`) };
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
}

async function extract(
  file: string,
  stage: string,
  progress: Progress = () => {},
): Promise<Manifest> {
  mkdirSync(join(stage, 'journal'), { mode: 0o700 });
  return readArchive(createReadStream(file), async (name, chunks) => {
    const target = join(stage, name);
    // Names were checked; this holds even if that check were wrong.
    if (![stage, join(stage, 'journal')].includes(dirname(target)))
      throw new AppError('BACKUP_INVALID', `got the name ${name}`);
    const handle = await open(target, 'wx', 0o600);
    try {
      for await (const chunk of chunks) {
        await handle.writeFile(chunk);
        progress(chunk.length);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
