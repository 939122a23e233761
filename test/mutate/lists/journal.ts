import type { Mutation } from '../mutation.ts';

const faults = 'test/journal/faults.test.ts';
const files = 'test/journal/file-journal.test.ts';
const damage = 'test/journal/damage.test.ts';
const retention = 'test/journal/retention.test.ts';

/** Ways to break what is kept between a device's message and its acknowledgement, and after it. */
export const inTheJournal: readonly Mutation[] = [
  {
    promise: 'P1',
    breaks: 'acknowledges before the write',
    file: 'journal/file-journal.ts',
    find: 'const error = await commit(writer, batch);',
    replace: 'settle(batch, undefined);\n    const error = await commit(writer, batch);',
    tests: [files, faults],
  },
  {
    promise: 'P1',
    breaks: 'acknowledges without waiting for the sync',
    file: 'journal/segments.ts',
    find: '    await file.sync();\n  } catch (error) {\n    // After',
    replace: '    void file.sync().catch(() => {});\n  } catch (error) {\n    // After',
    tests: [files, faults],
  },
  {
    promise: 'P1',
    breaks: 'goes on in the same segment after a failed sync',
    file: 'journal/segments.ts',
    find: '    state.tainted = true;\n    throw error;',
    replace: '    throw error;',
    tests: [faults],
  },
  {
    promise: 'P1',
    breaks: 'leaves a hole in the numbers after a failed write',
    file: 'journal/file-journal.ts',
    find: '  writer.given = writer.seq;\n  for',
    replace: '  for',
    tests: [files, faults],
  },
  {
    promise: 'P1',
    breaks: 'does not open on a disk that is full',
    file: 'journal/file-journal.ts',
    find: 'if (!passingFaults.has(code)) throw error;',
    replace: 'throw error;',
    tests: [faults],
  },
  {
    promise: 'P1',
    breaks: 'gives sinks at a start what may not be on disk yet',
    file: 'journal/recovery.ts',
    find: '    await file.sync();\n',
    replace: '',
    tests: [files],
  },
  {
    promise: 'P1',
    breaks: 'skips the checksum of a record',
    file: 'journal/record.ts',
    find: 'return crc === source.readUInt32LE(at + 4) ? bytes : 0;',
    replace: 'return bytes;',
    tests: ['test/journal/record.test.ts', damage],
  },
  {
    promise: 'P1',
    breaks: 'does not use the second copy of a segment’s header',
    file: 'journal/segment.ts',
    find: '= one ?? two ??',
    replace: '= one ??',
    tests: [damage],
  },
  {
    promise: 'P1',
    breaks: 'passes over damage without telling',
    file: 'journal/reader.ts',
    find: '  lose(reader, Math.min(found.seq, last + 1), found.offset - offset);',
    replace: '  reader.next = Math.max(reader.next, Math.min(found.seq, last + 1));',
    tests: [damage],
  },
  {
    promise: 'P1',
    breaks: 'counts damage again when it is met again',
    file: 'journal/damage.ts',
    find: 'return to - from - known;',
    replace: 'return to - from;',
    tests: [damage],
  },
  {
    promise: 'P1',
    breaks: 'deletes segments that a sink still needs',
    file: 'journal/segments.ts',
    find: 'return next !== undefined && next.first - 1 <= passed;',
    replace: 'return next !== undefined;',
    tests: [retention, files],
  },
  {
    promise: 'P1',
    breaks: 'deletes segments as soon as the sinks have passed them',
    file: 'journal/retention.ts',
    find: 'mark.atMs <= now - keepMs;',
    replace: 'mark.atMs <= now;',
    tests: [retention],
  },
  {
    promise: 'P1',
    breaks: 'deletes early where the clock was set forward',
    file: 'journal/retention.ts',
    find: 'const openMs = () => before.openMs + elapsedMs() - began;',
    replace: 'const openMs = () => context.now();',
    tests: [retention],
  },
];
