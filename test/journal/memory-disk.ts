import type { FileSystem, JournalFile } from '../../journal/file-system.ts';

/** A disk in memory that can lose what was not synced, and fail on demand. */
export interface MemoryDisk extends FileSystem {
  readonly files: Map<string, Buffer>;
  /** Called before every operation; throws to make it fail. */
  fault: (operation: Operation, path: string, bytes: number, at: number) => void;
  readonly counts: Record<Operation, number>;
  /**
   * The machine stops: of every file, what was synced stays, and `kept` bytes of what was not. With `old` names those changes of the directory
   * are undone that were not synced.
   */
  crash(kept: number, names?: 'old'): MemoryDisk;
}

export type Operation =
  | 'write'
  | 'read'
  | 'sync'
  | 'truncate'
  | 'create'
  | 'open'
  | 'remove'
  | 'rename'
  | 'list'
  | 'syncDirectory';

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

export function memoryDisk(
  files = new Map<string, Buffer>(),
  durable = new Map<string, Buffer>(files),
): MemoryDisk {
  const counts = {
    write: 0,
    read: 0,
    sync: 0,
    truncate: 0,
    create: 0,
    open: 0,
    remove: 0,
    rename: 0,
    list: 0,
    syncDirectory: 0,
  };
  /** Names that are durable, each with what was synced of its file when it was last heard of. */
  const names = new Map<string, Buffer>(durable);
  const enter = (operation: Operation, path: string, bytes = 0, at = 0) => {
    counts[operation]++;
    disk.fault(operation, path, bytes, at);
  };
  const contents = (path: string): Buffer => {
    const found = files.get(path);
    if (!found) throw systemError('ENOENT');
    return found;
  };
  const fileOf = (path: string): JournalFile => {
    let gone: Buffer | undefined;
    return {
      async write(bytes, at) {
        const grown = Buffer.alloc(Math.max(contents(path).length, at + bytes.length));
        contents(path).copy(grown);
        const before = contents(path);
        // A failing write may have written a part.
        try {
          enter('write', path, bytes.length, at);
        } catch (error) {
          const half = Buffer.concat([
            before.subarray(0, at),
            bytes.subarray(0, bytes.length >> 1),
          ]);
          files.set(path, half.length > before.length ? half : before);
          throw error;
        }
        grown.set(bytes, at);
        files.set(path, grown);
      },
      async read(target, at) {
        enter('read', path, target.length, at);
        gone = files.get(path) ?? gone ?? Buffer.alloc(0);
        return gone.copy(target, 0, Math.min(at, gone.length), at + target.length);
      },
      async sync() {
        enter('sync', path);
        durable.set(path, contents(path));
        if (names.has(path)) names.set(path, contents(path));
      },
      async truncate(bytes) {
        enter('truncate', path);
        files.set(path, Buffer.from(contents(path).subarray(0, bytes)));
      },
      size: async () => (files.get(path) ?? gone ?? Buffer.alloc(0)).length,
      async close() {},
    };
  };
  const disk: MemoryDisk = {
    files,
    counts,
    fault: () => {},
    crash(kept, which) {
      if (which === 'old') return memoryDisk(new Map(names));
      const left = new Map<string, Buffer>();
      for (const [path, now] of files) {
        const sure = durable.get(path) ?? Buffer.alloc(0);
        const length =
          now.length > sure.length ? Math.min(now.length, sure.length + kept) : now.length;
        left.set(path, Buffer.from(now.subarray(0, length)));
      }
      return memoryDisk(left);
    },
    async ensureDirectory() {},
    async names(dir) {
      enter('list', dir);
      return [...files.keys()]
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1));
    },
    async list(dir) {
      enter('list', dir);
      return [...files]
        .filter(([path]) => path.startsWith(`${dir}/`))
        .map(([path, { length }]) => ({ name: path.slice(dir.length + 1), bytes: length }));
    },
    async create(path) {
      enter('create', path);
      if (files.has(path)) throw systemError('EEXIST');
      files.set(path, Buffer.alloc(0));
      return fileOf(path);
    },
    async open(path) {
      enter('open', path);
      contents(path);
      return fileOf(path);
    },
    async remove(path) {
      enter('remove', path);
      contents(path);
      files.delete(path);
      durable.delete(path);
    },
    async rename(from, to) {
      enter('rename', from);
      files.set(to, contents(from));
      durable.set(to, durable.get(from) ?? Buffer.alloc(0));
      files.delete(from);
      durable.delete(from);
    },
    async syncDirectory(dir) {
      enter('syncDirectory', dir);
      names.clear();
      for (const path of files.keys()) names.set(path, durable.get(path) ?? Buffer.alloc(0));
    },
  };
  return disk;
}
