import { Readable, Writable } from 'node:stream';
import { createZstdDecompress, zstdCompressSync } from 'node:zlib';
import tar from 'tar-stream';
import { expect, test } from 'vitest';
import { type Part, readArchive, writeArchive } from '../../backup/archive.ts';
import { manifestName } from '../../backup/manifest.ts';

const part = (name: string, text: string): Part => ({
  name,
  bytes: text.length,
  async *read() {
    yield Buffer.from(text);
  },
});
const parts = [part('registry.db', 'who'), part('journal/00000000000000000001.seg', 'what')];
const about = { takenAt: 5, positions: { store: 3, oldest: 2 } };

function sink(): Writable & { bytes(): Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return Object.assign(stream, { bytes: () => Buffer.concat(chunks) });
}

async function archiveOf(...given: readonly Part[]): Promise<Buffer> {
  const output = sink();
  await writeArchive(given, about, output);
  return output.bytes();
}

const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Readable.from(chunks).toArray()).toString();

const drain = async (_: string, chunks: AsyncIterable<Uint8Array>) => {
  await textOf(chunks);
};
const read = (bytes: Buffer) => readArchive(Readable.from([bytes]), drain);
const invalid = (text: string) =>
  expect.objectContaining({ code: 'BACKUP_INVALID', message: expect.stringContaining(text) });

/** An archive of whatever entries. */
async function forged(...entries: readonly (readonly [tar.Headers, string])[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, text] of entries) pack.entry(header, text);
  pack.finalize();
  return zstdCompressSync(Buffer.concat(await Readable.from(pack).toArray()));
}

test('what was written is read, and the manifest says so', async () => {
  const got = new Map<string, string>();
  const manifest = await readArchive(
    Readable.from([await archiveOf(...parts)]),
    async (name, chunks) => {
      got.set(name, await textOf(chunks));
    },
  );
  expect([...got]).toEqual([
    ['registry.db', 'who'],
    ['journal/00000000000000000001.seg', 'what'],
  ]);
  expect(manifest).toMatchObject({ version: 1, takenAt: 5, positions: { store: 3, oldest: 2 } });
  expect(manifest.parts.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['registry.db', 3],
    ['journal/00000000000000000001.seg', 4],
  ]);
});

test('it is a tar file that any tar can list', async () => {
  const extract = tar.extract();
  Readable.from([await archiveOf(...parts)])
    .pipe(createZstdDecompress())
    .pipe(extract);
  const names: string[] = [];
  for await (const entry of extract) {
    names.push(entry.header.name);
    entry.resume();
  }
  expect(names).toEqual(['registry.db', 'journal/00000000000000000001.seg', manifestName]);
});

/** What comes of reading: the parts as they were, or `BACKUP_INVALID`; anything else fails the test. */
async function readsWhole(bytes: Buffer): Promise<boolean> {
  const got: string[] = [];
  const reading = readArchive(Readable.from([bytes]), async (name, chunks) => {
    got.push(`${name} ${await textOf(chunks)}`);
  });
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error) expect(error).toEqual(invalid(''));
  else expect(got).toEqual(['registry.db who', 'journal/00000000000000000001.seg what']);
  return error === undefined;
}

test('cut anywhere, it is damaged', { timeout: 60_000 }, async () => {
  const whole = await archiveOf(...parts);
  // The last bytes say only that it ends here, and nothing is missing without them.
  const trailer = 13;
  for (let length = 0; length < whole.length; length++)
    expect(
      (await readsWhole(whole.subarray(0, length))) && length < whole.length - trailer,
      `cut at ${length}`,
    ).toBe(false);
});

test('with a bit flipped in any byte, it is damaged or reads as it was', {
  timeout: 60_000,
}, async () => {
  const whole = await archiveOf(...parts);
  let damaged = 0;
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << ((at * 5) & 7));
    if (!(await readsWhole(flipped))) damaged++;
  }
  expect(damaged).toBeGreaterThan(whole.length * 0.9);
});

const manifestOf = (over: object) =>
  JSON.stringify({ format: 'guanjia-backup', version: 1, ...about, parts: [], ...over });

test.each([
  ['../registry.db'],
  ['/etc/passwd'],
  ['journal/../registry.db'],
  ['journal/1.seg'],
  ['Registry.db'],
  ['a/b.db'],
])('the name %s is refused', async (name) => {
  await expect(read(await forged([{ name }, 'x']))).rejects.toEqual(invalid('got the entry'));
});

test.each(['symlink', 'link', 'directory', 'character-device'] as const)(
  'an entry of type %s is refused',
  async (type) => {
    const header = { name: 'registry.db', type, linkname: '/etc/passwd' };
    await expect(read(await forged([header, '']))).rejects.toEqual(invalid('got the entry'));
  },
);

test('what the manifest does not say, says twice or says otherwise is refused', async () => {
  const twice = await forged([{ name: 'registry.db' }, 'a'], [{ name: 'registry.db' }, 'a']);
  await expect(read(twice)).rejects.toEqual(invalid('twice'));
  const lacking = await forged(
    [{ name: 'registry.db' }, 'a'],
    [{ name: manifestName }, manifestOf({})],
  );
  await expect(read(lacking)).rejects.toEqual(invalid('its manifest lacks'));
  const sums = [{ name: 'registry.db', bytes: 1, sha256: '0'.repeat(64) }];
  const other = await forged(
    [{ name: 'registry.db' }, 'a'],
    [{ name: manifestName }, manifestOf({ parts: sums })],
  );
  await expect(read(other)).rejects.toEqual(invalid('not as it was'));
  const after = await forged([{ name: manifestName }, manifestOf({})], [{ name: 'a.db' }, 'a']);
  await expect(read(after)).rejects.toEqual(invalid('follows the manifest'));
  const none = await forged([{ name: manifestName }, '{"format":"tar"}']);
  await expect(read(none)).rejects.toEqual(invalid('cannot be read'));
  await expect(read(Buffer.from('not an archive at all'))).rejects.toEqual(invalid(''));
});

test('an archive of a later version says so', async () => {
  const later = await forged([{ name: manifestName }, manifestOf({ version: 2 })]);
  await expect(read(later)).rejects.toEqual(invalid('later Guanjia'));
});

test('a part that fails breaks the archive off, and whoever reads it knows', async () => {
  const output = sink();
  const failing: Part = {
    name: 'ledger.db',
    bytes: 9,
    // biome-ignore lint/correctness/useYield: it fails before
    async *read() {
      throw new Error('the disk is gone');
    },
  };
  await expect(writeArchive([...parts, failing], about, output)).rejects.toThrow(
    'the disk is gone',
  );
  await expect(read(output.bytes())).rejects.toEqual(invalid(''));
});

test('an output that fails ends the work', async () => {
  const output = new Writable({
    write: (_, __, done) => done(new Error('nobody reads any more')),
  });
  const endless: Part = {
    name: 'ledger.db',
    bytes: 1e9,
    async *read() {
      for (;;) yield Buffer.allocUnsafe(1 << 16);
    },
  };
  await expect(writeArchive([endless], about, output)).rejects.toThrow('nobody reads any more');
});
