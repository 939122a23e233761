import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import tar, { type Entry, type Pack } from 'tar-stream';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import {
  formatVersion,
  isPartName,
  type Manifest,
  manifestName,
  type PartSum,
  parseManifest,
} from './manifest.ts';

/** A tar file, compressed with Zstandard: `tar --zstd -tvf` lists it without Guanjia. */

export interface Part {
  readonly name: string;
  readonly bytes: number;
  /** Exactly `bytes` of it. */
  read(): AsyncIterable<Uint8Array>;
}

/** Called as the bytes of parts go by, before compression. */
export type Progress = (bytes: number) => void;

/** Never worth more than a few megabytes. */
const manifestBytesMax = 16 << 20;

const invalid = (what: string, cause?: unknown): AppError =>
  new AppError('BACKUP_INVALID', `备份文件已损坏。 The backup is damaged: ${what}`, { cause });

/** Writes the parts and then the manifest that names them. @throws Error of a part or of `output`, which is then destroyed */
export async function writeArchive(
  parts: readonly Part[],
  about: Omit<Manifest, 'format' | 'version' | 'parts'>,
  output: Writable,
  progress: Progress = () => {},
): Promise<Manifest> {
  const pack = tar.pack();
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const flowing = pipeline(pack, compress, output);
  const packing = (async () => {
    const sums: PartSum[] = [];
    for (const part of parts) sums.push(await addPart(pack, part, progress));
    const manifest: Manifest = {
      format: 'guanjia-backup',
      version: formatVersion,
      ...about,
      parts: sums,
    };
    pack.entry({ name: manifestName, mode: 0o600 }, JSON.stringify(manifest, undefined, 2));
    pack.finalize();
    return manifest;
  })();
  packing.catch((error: Error) => pack.destroy(error));
  const [manifest] = await Promise.all([packing, flowing]);
  return manifest;
}

async function addPart(
  pack: Pack,
  { name, bytes, read }: Part,
  progress: Progress,
): Promise<PartSum> {
  const hash = createHash('sha256');
  const entry = pack.entry({ name, size: bytes, mode: 0o600 });
  const added = once(entry, 'close');
  added.catch(() => {});
  for await (const chunk of read()) {
    hash.update(chunk);
    progress(chunk.length);
    // A pack that was destroyed, because nobody reads any more, never drains.
    if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), added]);
  }
  entry.end();
  await added;
  return { name, bytes, sha256: hash.digest('hex') };
}

/** Takes one part; all of `chunks` must be read. */
export type TakePart = (name: string, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Reads a whole archive and holds what came by against its manifest. Parts are handed on before that is known.
 * @throws AppError `BACKUP_INVALID` where anything is missing, altered or not of an archive; what `take` throws
 */
export async function readArchive(source: Readable, take: TakePart): Promise<Manifest> {
  const extract = tar.extract();
  const flowing = pipeline(source, createZstdDecompress(), extract);
  flowing.catch(() => {});
  const sums: PartSum[] = [];
  let text: string | undefined;
  try {
    for await (const entry of extract) {
      if (text !== undefined) throw invalid('something follows the manifest');
      if (entry.header.name === manifestName) text = await readText(entry);
      else sums.push(await takePart(entry, sums, take));
    }
    await flowing;
  } catch (error) {
    // A disk that fails says so itself; all else is the archive's doing.
    if (isAppError(error) || (error as NodeJS.ErrnoException).syscall) throw error;
    throw invalid(messageOf(error), error);
  }
  if (text === undefined) throw invalid('it ends before its manifest');
  return checked(text, sums);
}

async function takePart(
  entry: Entry,
  before: readonly PartSum[],
  take: TakePart,
): Promise<PartSum> {
  const { name, type } = entry.header;
  if (type !== 'file' || !isPartName(name)) throw invalid(`got the entry ${JSON.stringify(name)}`);
  if (before.some((part) => part.name === name)) throw invalid(`${name} is there twice`);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted() {
    for await (const chunk of entry) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await take(name, counted());
  return { name, bytes, sha256: hash.digest('hex') };
}

async function readText(entry: Entry): Promise<string> {
  if ((entry.header.size ?? 0) > manifestBytesMax) throw invalid('its manifest is too large');
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function checked(text: string, sums: readonly PartSum[]): Manifest {
  const manifest = parseManifest(text);
  if (!manifest) throw invalid('its manifest cannot be read');
  if (manifest.version > formatVersion)
    throw new AppError(
      'BACKUP_INVALID',
      `备份由更新版本的管家生成。 The backup was made by a later Guanjia: got format ${manifest.version}, want ${formatVersion}.`,
    );
  for (const [index, want] of manifest.parts.entries()) {
    const got = sums[index];
    if (got?.name !== want.name || got.bytes !== want.bytes || got.sha256 !== want.sha256)
      throw invalid(`${want.name} is not as it was`);
  }
  if (sums.length !== manifest.parts.length) throw invalid('it has parts its manifest lacks');
  return manifest;
}
