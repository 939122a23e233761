import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdFolder } from '../../threads/folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guanjia-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a data directory is held by one at a time', () => {
  const letGo = holdFolder(dir);
  expect(() => holdFolder(dir)).toThrow('in use by another Guanjia');
  letGo();
  holdFolder(dir)();
});

test('a restore that cannot be ended is told, and the directory is not held for it', () => {
  const stage = join(dir, 'restore-20261122T040000Z.placing');
  writeFileSync(stage, 'no folder');
  expect(() => holdFolder(dir)).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNUSABLE', message: expect.stringContaining(stage) }),
  );
  rmSync(stage);
  holdFolder(dir)();
});
