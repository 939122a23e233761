import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCommandBook } from '../../commands/book.ts';
import type { Command } from '../../commands/commands.ts';
import { backupSources } from '../../threads/backup-sources.ts';
import { dataFolder } from '../../threads/folder.ts';
import { makeData, partsOf, take } from '../backup/kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = Date.UTC(2026, 10, 23, 4);

const command = (id: string, over: Partial<Command> = {}): Command => ({
  id,
  vehicle: 'v1',
  kind: 'text',
  params: { text: '请靠边停车' },
  state: 'queued',
  by: 'manager',
  requestedAt: at,
  expiresAt: at + 3_600_000,
  attempts: 0,
  sentAt: null,
  settledAt: null,
  answer: null,
  trouble: null,
  detail: null,
  ...over,
});

test('every file that is kept goes into a backup, but for what ends with the service', () => {
  const { sessions, ports, token, ...kept } = dataFolder(folder);
  const { telemetry, serverKey, journal, databases } = backupSources(folder);
  expect([telemetry, serverKey, journal, ...databases].sort()).toEqual(Object.values(kept).sort());
  expect([sessions, ports, token].map((file) => basename(file))).toEqual([
    'sessions.db',
    'ports.json',
    'token',
  ]);
});

test('commands and their answers are in it, and none that a restore would send once more', async () => {
  await makeData(folder);
  const dir = join(folder, 'data');
  const book = openCommandBook(dataFolder(dir).commands);
  const waiting = command('a');
  const sent = command('b', { vehicle: 'v2', state: 'sent', attempts: 1, sentAt: at });
  const done = command('c', { state: 'answered', settledAt: at + 1, answer: {} });
  for (const one of [waiting, sent, done]) book.add(one);
  const before = Date.now();
  const parts = await partsOf(await take(backupSources(dir)));
  const copy = join(folder, 'copy.db');
  writeFileSync(copy, parts.get('commands.db') ?? '');
  const restored = openCommandBook(copy);
  expect(restored.get('c')).toEqual(done);
  for (const one of [waiting, sent]) {
    const got = restored.get(one.id);
    expect(got).toEqual({
      ...one,
      state: 'failed',
      trouble: 'interrupted',
      settledAt: got?.settledAt,
    });
    expect(got?.settledAt).toBeGreaterThanOrEqual(before);
  }
  expect([restored.waiting(), restored.underWay(), restored.open().size]).toEqual([[], [], 0]);
  restored.forget(before);
  expect(restored.get('a'), 'kept from when it ended').toBeDefined();
  restored.close();
  expect(book.get('a'), 'the service goes on').toEqual(waiting);
  book.close();
});
