import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { makeFolder, removeFolder } from './guanjia.ts';

/** A folder for the tests of the file or `describe` that calls it: there before them, gone after them. */
export function folderOfSuite(): string {
  const folder = join(tmpdir(), `guanjia-flow-${randomUUID()}`);
  beforeAll(() => {
    mkdirSync(folder);
  });
  afterAll(() => removeFolder(folder));
  return folder;
}

/** A folder for the test that calls it, gone after it. */
export function folderOfTest(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}
