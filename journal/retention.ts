import { crc32 } from 'node:zlib';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import { minuteMs } from '../model/time.ts';
import type { FileSystem } from './file-system.ts';

/** Tells by time what may go. */
export interface Retention {
  /** Every sink has passed `seq`. @returns the position up to which that has been so for long enough; 0 for none */
  passed(seq: number): number;
  close(): Promise<void>;
}

export interface RetentionOptions {
  readonly keepMs: number;
  /** Time that has gone by, ms, from any beginning; setting the clock does not change it. */
  readonly elapsedMs: () => number;
  /** Last `seq` of the journal: what was noted of later ones was another journal's. */
  readonly head: number;
}

/** When `seq` was passed, in ms the journal has been open. */
interface Mark {
  readonly seq: number;
  readonly atMs: number;
}

interface Notes {
  /** How long the journal has been open, in all runs together, ms. */
  readonly openMs: number;
  readonly marks: readonly Mark[];
}

const fileName = 'retention';
/** Of the time kept, so much is the error. */
const marksPerKeep = 1000;

/**
 * Time counts while the journal is open, whatever the clock says: a clock that is set forward deletes nothing early, one that is set back keeps
 * nothing for ever. It is noted in a file beside the segments; where that is lost or damaged the time begins anew.
 */
export async function openRetention(
  fs: FileSystem,
  dir: string,
  { keepMs, elapsedMs, head }: RetentionOptions,
  context: Context,
): Promise<Retention> {
  const before = await load(fs, dir, context);
  const began = elapsedMs();
  const openMs = () => before.openMs + elapsedMs() - began;
  const everyMs = Math.max(minuteMs, keepMs / marksPerKeep);
  const save = saver(fs, dir, context);
  let marks = before.marks.filter(({ seq }) => seq <= head);
  let isFirst = true;
  return {
    passed(seq) {
      // A sink may be new, or have been set back.
      if (isFirst) marks = marks.filter((mark) => mark.seq <= seq);
      isFirst = false;
      const now = openMs();
      const last = marks.at(-1);
      if (!last || (seq > last.seq && now - last.atMs >= everyMs)) {
        marks.push({ seq, atMs: now });
        void save({ openMs: now, marks });
      }
      const isDue = (mark: Mark | undefined) => mark !== undefined && mark.atMs <= now - keepMs;
      while (isDue(marks[1])) marks.shift();
      return isDue(marks[0]) ? (marks[0]?.seq ?? 0) : 0;
    },
    close: () => save({ openMs: openMs(), marks }),
  };
}

/** Writes notes one after the other; they are a help, so that a failure is logged and no more. */
function saver(fs: FileSystem, dir: string, { log }: Context): (notes: Notes) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let failing = false;
  return (notes) => {
    const text = JSON.stringify(notes);
    last = last.then(async () => {
      try {
        await write(fs, dir, text);
        failing = false;
      } catch (error) {
        if (!failing)
          log('warn', 'journal: how long segments were kept cannot be noted', {
            error: messageOf(error),
          });
        failing = true;
      }
    });
    return last;
  };
}

async function write(fs: FileSystem, dir: string, text: string): Promise<void> {
  const path = `${dir}/${fileName}`;
  const fresh = `${path}.new`;
  await fs.remove(fresh).catch(() => {});
  const file = await fs.create(fresh);
  try {
    await file.write(Buffer.from(`${checksum(text)} ${text}\n`), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(fresh, path);
  await fs.syncDirectory(dir);
}

async function load(fs: FileSystem, dir: string, { log }: Context): Promise<Notes> {
  try {
    const file = await fs.open(`${dir}/${fileName}`, 'read');
    try {
      const bytes = Buffer.alloc(await file.size());
      await file.read(bytes, 0);
      return parse(bytes.toString());
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log('warn', 'journal: how long segments were kept is not known, it counts from now', {
        error: messageOf(error),
      });
    return { openMs: 0, marks: [] };
  }
}

function parse(line: string): Notes {
  const [sum, text = ''] = [line.slice(0, 8), line.slice(9, -1)];
  if (sum !== checksum(text)) throw new Error('the notes are damaged');
  // The checksum says that this program wrote it.
  return JSON.parse(text) as Notes;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
