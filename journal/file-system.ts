import { writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the journal. Every method may fail with what the system says (`ENOSPC`, `EIO`, …). */
export interface JournalFile {
  /** Writes all of `bytes` at `at`. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** @returns how many bytes were read; fewer than asked only at the end of the file */
  read(target: Uint8Array, at: number): Promise<number>;
  /** What was written is on stable storage when it resolves. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  /** Bytes of the file. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** What the journal asks of a disk; faults are planted here in tests. */
export interface FileSystem {
  /** Makes the directory and those above it where they are missing. */
  ensureDirectory(dir: string): Promise<void>;
  /** Names of the files of the directory. */
  names(dir: string): Promise<readonly string[]>;
  /** Files of the directory with their size in bytes. */
  list(dir: string): Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** @throws where it exists already */
  create(path: string): Promise<JournalFile>;
  open(path: string, access: 'read' | 'write'): Promise<JournalFile>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes created and renamed files of the directory durable. */
  syncDirectory(dir: string): Promise<void>;
}

/** The disk of this machine. */
export const realFileSystem: FileSystem = {
  async ensureDirectory(dir) {
    await mkdir(dir, { recursive: true });
  },
  names: (dir) => readdir(dir),
  async list(dir) {
    const names = await readdir(dir);
    const sized = names.map(async (name) => ({ name, bytes: await sizeOf(join(dir, name)) }));
    return (await Promise.all(sized)).filter((file) => file.bytes >= 0);
  },
  create: async (path) => fileOf(await open(path, 'wx+')),
  open: async (path, access) => fileOf(await open(path, access === 'read' ? 'r' : 'r+')),
  remove: (path) => unlink(path),
  rename: (from, to) => rename(from, to),
  async syncDirectory(dir) {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** -1 where the file has gone since its name was read. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return -1;
    throw error;
  }
}

/**
 * So many bytes are with the system's cache before a thread of libuv would have woken up. It is the sync that takes time,
 * and every change between threads is time in which a busy machine does something else.
 */
const writtenAtOnceBytes = 256 << 10;

type WriteNow = (fd: number, bytes: Uint8Array, from: number, length: number, at: number) => number;

/** A file by its handle: what the system writes or reads in parts is done to the end. */
export function fileOf(
  handle: Pick<FileHandle, 'write' | 'read' | 'datasync' | 'truncate' | 'stat' | 'close' | 'fd'>,
  writeNow: WriteNow = writeSync,
): JournalFile {
  return {
    async write(bytes, at) {
      for (let done = 0; done < bytes.length; ) {
        const left = bytes.length - done;
        const bytesWritten =
          left <= writtenAtOnceBytes
            ? writeNow(handle.fd, bytes, done, left, at + done)
            : (await handle.write(bytes, done, left, at + done)).bytesWritten;
        // Trying again for ever would be no better than failing.
        if (bytesWritten === 0) throw new Error('the system writes nothing and gives no reason');
        done += bytesWritten;
      }
    },
    async read(target, at) {
      let done = 0;
      while (done < target.length) {
        const { bytesRead } = await handle.read(target, done, target.length - done, at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
