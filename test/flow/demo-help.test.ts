import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What the demo says before it starts anything. */

const demo = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../scripts/demo.mjs'), ...words], {
    encoding: 'utf8',
    timeout: 30_000,
  });

test('help in both languages, and nothing is started', () => {
  const { status, stdout, stderr } = demo('--help');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/npm run demo \[-- --influx\]/);
  expect(stdout).toMatch(/启动服务[\s\S]*Starts the service/);
});

test('an option that is none is named in a sentence', () => {
  const { status, stdout, stderr } = demo('--influx', '--fast');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/不认识的选项 unknown option: --fast/);
});
