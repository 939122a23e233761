import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * How a data directory is exchanged so that a crash at any moment leaves the old one, or the new one as soon as anybody opens it:
 *
 *     restore-<time>.partial   files are being written; worth nothing
 *     restore-<time>.ready     whole and checked; from here on the new one counts: what is in the directory moves to `replaced-<time>`
 *     restore-<time>.placing   the old one is out of the way; these files move into the directory
 *
 * Everything stays within the directory, which may be a file system of its own.
 */

const stagePattern = /^restore-(.+)\.(partial|ready|placing)$/;

/** Entries that belong to no data: the lock, what a file system has of its own, what a restore made. */
const isApart = (name: string): boolean =>
  /^(?:lock\.db.*|lost\+found|\.probe|replaced-.+)$/.test(name) || stagePattern.test(name);

/** Entries a service made, or somebody else. */
export const contentsOf = (dir: string): readonly string[] =>
  existsSync(dir) ? readdirSync(dir).filter((name) => !isApart(name)) : [];

/** Makes the folder to write to, and removes those that were left unfinished. */
export function beginPlacing(dir: string, stamp: string): string {
  dropUnfinished(dir);
  const stage = join(dir, `restore-${stamp}.partial`);
  mkdirSync(stage, { mode: 0o700 });
  return stage;
}

function dropUnfinished(dir: string): void {
  for (const name of readdirSync(dir))
    if (stagePattern.exec(name)?.[2] === 'partial')
      rmSync(join(dir, name), { recursive: true, force: true });
}

/** From here on the new files count. */
export function commitPlacing(dir: string, stamp: string): void {
  moveOn(dir, stamp, 'partial', 'ready');
  finishPlacing(dir);
}

/** Ends an exchange that was cut short. To be called by whoever holds the directory, before it opens anything. */
export function finishPlacing(dir: string): void {
  for (const name of readdirSync(dir)) {
    const [, stamp = '', stage] = stagePattern.exec(name) ?? [];
    if (stage === 'ready') setAside(dir, stamp);
    if (stage === 'ready' || stage === 'placing') moveIn(dir, stamp);
  }
}

function setAside(dir: string, stamp: string): void {
  const contents = contentsOf(dir);
  const aside = join(dir, `replaced-${stamp}`);
  if (contents.length > 0 && !existsSync(aside)) mkdirSync(aside, { mode: 0o700 });
  for (const name of contents) renameSync(join(dir, name), join(aside, name));
  moveOn(dir, stamp, 'ready', 'placing');
}

function moveIn(dir: string, stamp: string): void {
  const stage = join(dir, `restore-${stamp}.placing`);
  for (const name of readdirSync(stage)) renameSync(join(stage, name), join(dir, name));
  syncFolder(dir);
  rmdirSync(stage);
}

function moveOn(dir: string, stamp: string, from: string, to: string): void {
  renameSync(join(dir, `restore-${stamp}.${from}`), join(dir, `restore-${stamp}.${to}`));
  syncFolder(dir);
}

/** Makes the names in a folder durable. */
export function syncFolder(dir: string): void {
  const folder = openSync(dir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
