import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSerialChannel } from '../../gateway/serial-port.ts';
import { hasSocat, startSerialLine } from './servers/socat.ts';

/** The process that holds a serial port. */

if (!hasSocat()) console.log('SKIPPED 1: socat is not installed, so no serial port was held');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const line = (path: string) => ({ path, baudRate: 9_600, parity: 'none', stopBits: 1 }) as const;
const { signal } = new AbortController();

test('a port that is not there is unreachable', async () => {
  expect(await openSerialChannel(line('/dev/tty-none'), signal)).toEqual({
    kind: 'unreachable',
    why: expect.stringContaining('No such file or directory'),
  });
});

test('where the optional package is missing, it is told what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-serial-'));
  closing.push(() => rm(folder, { recursive: true }));
  const root = join(import.meta.dirname, '../..');
  for (const file of ['gateway/serial-process.ts', 'model/errors.ts', 'package.json'])
    await cp(join(root, file), join(folder, file));
  const program = join(folder, 'gateway/serial-process.ts');
  expect(await openSerialChannel(line('/dev/ttyS0'), signal, program)).toEqual({
    kind: 'unreachable',
    why: expect.stringMatching(/npm install serialport.*Cannot find package 'serialport'/),
  });
});

test.skipIf(!hasSocat())('bytes go both ways, and the process ends with the channel', async () => {
  const { paths, stop } = await startSerialLine();
  closing.push(stop);
  const [one, other] = await Promise.all(
    paths.map((path) => openSerialChannel(line(path), signal)),
  );
  if (!one || !other || 'kind' in one || 'kind' in other) throw new Error('it was not opened');
  const heard = new Promise((resolve) => other.onBytes(resolve));
  const closed = new Promise<void>((resolve) => one.onClose(resolve));
  one.write(Buffer.from('0103', 'hex'));
  expect(await heard).toEqual(Buffer.from('0103', 'hex'));
  const holders = () =>
    spawnSync('pgrep', ['-f', `serial-process.ts.*${paths[0]}"`])
      .stdout.toString()
      .trim();
  expect(holders()).not.toBe('');
  one.close();
  await closed;
  expect(holders()).toBe('');
  other.close();
});
