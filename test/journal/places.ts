import { headerBytes } from '../../journal/segment.ts';
import { envelope, numbered, openOn } from './helpers.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

/** A record of a journal, and where in which file. */
export interface Place {
  readonly seq: number;
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

const isSegment = (path: string): boolean => path.endsWith('.seg');
export const segmentsOf = (disk: MemoryDisk): string[] =>
  [...disk.files.keys()].filter(isSegment).sort();

/** Where every record of a sound journal is. */
export function placesOf(disk: MemoryDisk): Place[] {
  return segmentsOf(disk).flatMap((path) => {
    const file = disk.files.get(path) ?? Buffer.alloc(0);
    const places: Place[] = [];
    for (let at = headerBytes; at < file.length; ) {
      const bytes = file.readUInt32LE(at) + 8;
      places.push({ seq: file.readDoubleLE(at + 12), path, at, bytes });
      at += bytes;
    }
    return places;
  });
}

/** A journal of fifty messages, and where each of them is. */
export const fiftyIn = async (segmentBytes: number, messageBytes = 0) => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { segmentBytes });
  for (const text of numbered(1, 50)) await journal.append(envelope(text.padEnd(messageBytes)));
  return { disk, journal, places: placesOf(disk) };
};
