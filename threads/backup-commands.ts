import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { parseArgs } from 'node:util';
import { readArchive } from '../backup/archive.ts';
import type { Manifest } from '../backup/manifest.ts';
import { syncFolder } from '../backup/place.ts';
import { restoreBackup } from '../backup/restore.ts';
import { takeBackup } from '../backup/take.ts';
import type { Settings } from '../config.ts';
import { openPlaces } from '../ingest/places.ts';
import { quiet } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import { secondMs } from '../model/time.ts';
import { openDuckDbStore } from '../stores/duckdb.ts';
import { backupSources } from './backup-sources.ts';
import { problemOf, runningService } from './commanded-registry.ts';
import { dataFolder, holdFolder } from './folder.ts';

/** `backup` and `restore` of the command line. */

type Print = (line: string) => void;

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const everyMs = 2 * secondMs;

/** Tells on stderr how far long work has come. */
function createProgress(what: string): { add(bytes: number): void; total: number } {
  let done = 0;
  let saidAt = Date.now();
  return {
    total: 0,
    add(bytes) {
      done += bytes;
      if (Date.now() - saidAt < everyMs) return;
      saidAt = Date.now();
      const share = this.total > 0 ? ` / ${mb(this.total)}` : '';
      process.stderr.write(`${what} ${mb(done)}${share}\n`);
    },
  };
}

interface Options {
  readonly file: string;
  readonly replace: boolean;
  readonly journal: string | undefined;
  readonly dataDir: string | undefined;
}

function parse(args: readonly string[], usage: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      replace: { type: 'boolean', default: false },
      journal: { type: 'string' },
      'data-dir': { type: 'string' },
    },
  });
  const [file] = positionals;
  if (file === undefined) throw new AppError('INPUT_INVALID', usage);
  const { replace, journal, 'data-dir': dataDir } = values;
  return { file: resolve(file), replace, journal, dataDir };
}

/**
 * Writes a backup, of a service that runs or of one that is down. The file is there under its name only once it has been read back and found whole.
 * @throws AppError
 */
export async function backup(
  args: readonly string[],
  settings: Settings,
  print: Print,
): Promise<number> {
  const { file, replace } = parse(args, 'backup <file> [--replace]');
  if (existsSync(file) && !replace)
    throw new AppError('INPUT_INVALID', `${file} 已存在。 ${file} is there already; --replace.`);
  const draft = `${file}.${randomBytes(4).toString('hex')}.partial`;
  const onSignal = () => {
    void rm(draft, { force: true }).then(() => process.exit(130));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await write(settings, draft);
    const manifest = await readArchive(createReadStream(draft), drain);
    await makeDurable(draft);
    await rename(draft, file);
    syncFolder(dirname(file));
    printManifest(manifest, print);
    print(`备份完成。 Backed up: ${file}, ${mb(statSync(file).size)}`);
    return 0;
  } finally {
    await rm(draft, { force: true });
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function drain(_: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks);
}

async function makeDurable(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function write(settings: Settings, draft: string): Promise<void> {
  if (!existsSync(dataFolder(settings.dataDir).registry))
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `${settings.dataDir} 中没有数据。 There are no data in ${settings.dataDir}.`,
    );
  let letGo: () => void;
  try {
    letGo = holdFolder(settings.dataDir);
  } catch (error) {
    return fetchTo(draft, runningService(settings, error));
  }
  try {
    await takeFromFiles(settings, draft);
  } finally {
    letGo();
  }
}

async function fetchTo(
  draft: string,
  { base, token }: ReturnType<typeof runningService>,
): Promise<void> {
  const answer = await fetch(`${base}/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!(answer.ok && answer.body)) throw await problemOf(answer);
  const progress = createProgress('已接收 received');
  const archive = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  archive.on('data', (chunk: Uint8Array) => progress.add(chunk.length));
  try {
    await pipeline(archive, createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw error;
    throw new AppError(
      'SERVICE_BUSY',
      '服务中断了备份，原因见其日志。 The service broke the backup off; its log says why.',
      { cause: error },
    );
  }
}

/** With the service down, the files are opened here as the service would. */
async function takeFromFiles({ dataDir, storeMemory }: Settings, draft: string): Promise<void> {
  const { telemetry, places } = dataFolder(dataDir);
  const store = await openDuckDbStore(telemetry, { memoryLimit: storeMemory, threads: 1 }, quiet);
  const progress = createProgress('已备份 backed up');
  try {
    const output = createWriteStream(draft, { mode: 0o600, flags: 'wx' });
    await takeBackup(backupSources(dataDir), {
      async freeze() {
        const position = await store.freeze();
        return { store: position, oldest: Math.min(position, followedIn(places) ?? position) };
      },
      output,
      progress: progress.add,
      ready: (bytes) => {
        progress.total = bytes;
      },
      now: Date.now,
    });
    await finished(output);
  } finally {
    await store.close();
  }
}

/** Rules read on from the telemetry; only what InfluxDB refuses is looked up in the journal. */
function followedIn(file: string): number | undefined {
  const places = openPlaces(file);
  try {
    return places.of('influx').load() || undefined;
  } finally {
    places.close();
  }
}

function printManifest({ takenAt, positions, parts }: Manifest, print: Print): void {
  for (const { name, bytes } of parts) print(`  ${name.padEnd(32)} ${mb(bytes)}`);
  const at = new Date(takenAt).toISOString();
  print(`  ${at}, 日志位置 journal position ${positions.store}`);
}

/**
 * Puts a backup into a data directory that no service uses.
 * @throws AppError
 */
export async function restore(
  args: readonly string[],
  settings: () => Settings,
  print: Print,
): Promise<number> {
  const given = parse(args, 'restore <file> [--data-dir <dir>] [--journal <dir>] [--replace]');
  const dir = resolve(given.dataDir ?? settings().dataDir);
  const { file, replace, journal } = given;
  if (!existsSync(file))
    throw new AppError('INPUT_INVALID', `没有文件 ${file}。 There is no file ${file}.`);
  const letGo = holdFolder(dir);
  const progress = createProgress('已恢复 restored');
  try {
    const { manifest, newerSegments, aside } = await restoreBackup(file, dir, {
      replace,
      ...(journal !== undefined && { journal: resolve(journal) }),
      progress: progress.add,
      now: Date.now,
    });
    printManifest(manifest, print);
    if (journal !== undefined)
      print(`  较新日志 newer journal: ${newerSegments} × .seg (${basename(resolve(journal))})`);
    if (aside) print(`原有数据移至 What was there is now in ${aside}`);
    print(`恢复完成。 Restored into ${dir}; settings (guanjia.yaml) are not part of a backup.`);
    return 0;
  } finally {
    letGo();
  }
}
