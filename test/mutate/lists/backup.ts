import type { Mutation } from '../mutation.ts';

const archive = 'test/backup/archive.test.ts';
const restore = 'test/backup/restore.test.ts';
const take = 'test/backup/take.test.ts';

/** Ways in which a backup, a restore or retention could lose what is kept. */
export const inBackups: readonly Mutation[] = [
  {
    promise: 'P6',
    breaks: 'holds the store still for a backup nobody waits for any more',
    file: 'api/routes/backup.ts',
    find: '        stream.destroy();\n',
    replace: '',
    tests: ['test/api/backup.test.ts'],
  },
  {
    promise: 'P6',
    breaks: 'keeps hold of a directory that it could not take',
    file: 'threads/folder.ts',
    find: '    lock.close();\n    throw',
    replace: '    throw',
    tests: ['test/threads/folder.test.ts'],
  },
  {
    promise: 'P1',
    breaks: 'restores over the data that are there',
    file: 'backup/place.ts',
    find: "    if (stage === 'ready') setAside(dir, stamp);\n",
    replace: '',
    tests: [restore],
  },
  {
    promise: 'P1',
    breaks: 'restores parts that were altered',
    file: 'backup/archive.ts',
    find: ' || got.sha256 !== want.sha256',
    replace: '',
    tests: [archive, restore],
  },
  {
    promise: 'P1',
    breaks: 'keeps a copy of a telemetry file that was rewritten under way',
    file: 'backup/take.ts',
    find: 'if (!header.equals(await headerOf(file))) throw changed(part.name);',
    replace: 'await headerOf(file);',
    tests: [take],
  },
  {
    promise: 'P2',
    breaks: 'has a restore send commands to terminals once more',
    file: 'threads/backup-sources.ts',
    find: 'if (name === basename(commands)) endOpenCommands(copy, Date.now());',
    replace: '',
    tests: ['test/threads/backup-sources.test.ts'],
  },
  {
    promise: 'P1',
    breaks: 'makes a backup although the journal was deleted faster than it was copied',
    file: 'backup/segments.ts',
    find: 'if (newest !== undefined && !left.some(({ first }) => first === newest)) throw outran();',
    replace: 'void left;',
    tests: [take],
  },
  {
    promise: 'P1',
    breaks: 'takes over a journal that does not go on where the backup ends',
    file: 'backup/segments.ts',
    find: 'else if (begin.first > position + 1) throw',
    replace: 'else if (begin.first < 0) throw',
    tests: [restore],
  },
  {
    promise: 'P1',
    breaks: 'takes over the journal of another service',
    file: 'backup/segments.ts',
    find: 'if (!(theirs && ours?.equals(theirs))) throw',
    replace: 'if (!(theirs && ours)) throw',
    tests: [restore],
  },
  {
    promise: 'P3',
    breaks: 'thins readings until the consumption of an hour is another',
    file: 'stores/duckdb-retain.ts',
    find: "kept.join(' ')",
    replace: "''",
    tests: ['test/stores/retention.test.ts'],
  },
];
