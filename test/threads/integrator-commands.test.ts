import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modbus } from '../../threads/modbus-command.ts';
import { readBlocks, type Target } from '../../threads/modbus-reading.ts';
import { profile } from '../../threads/profile-command.ts';

/** What `profile check` and `modbus read` say before anybody is asked. */

const silent = () => {};

test.each([
  ['neither model nor address', ['--unit', '3']],
  ['both', ['--profile', 'eastron-sdm630', '--address', '0']],
  ['an unknown model', ['--profile', 'no-such']],
  ['a unit beyond 255', ['--unit', '256', '--address', '0']],
  ['a coil', ['--fc', '1', '--address', '0']],
  ['an unknown type', ['--address', '0', '--type', 'f16']],
  ['an unknown order', ['--address', '0', '--order', 'ACBD']],
  ['an order that the type does not have', ['--address', '0', '--order', 'EFGHABCD']],
  ['too many at once', ['--address', '0', '--type', 'f64', '--count', '32']],
  ['an address past the end', ['--address', '0xFFFF', '--type', 'f32']],
  ['an address that is none', ['--address', '4x']],
  ['a ratio of nothing', ['--profile', 'eastron-sdm630', '--ct', '0']],
  ['an unknown framing', ['--address', '0', '--framing', 'ascii']],
])('%s is refused', async (_, args) => {
  await expect(modbus(['read', '127.0.0.1:1', ...args], silent)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

test.each([
  [[]],
  [['read']],
  [['read', ':502']],
  [['read', 'a:b:c']],
  [['read', 'a:70000']],
  [['write', 'a']],
])('modbus %j is refused', async (args) => {
  await expect(modbus([...args, '--address', '0'], silent)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

test.each([
  ['no YAML', 'a: [', /\(line \d+\): /],
  ['nothing in it', '', /got nothing|missing/],
  ['a list', '- 1', /got a list/],
  [
    'no registers',
    'name: x\ntitle: { zh: 表, en: meter }\nsource: its label',
    /registers.*missing/,
  ],
])('a profile with %s', async (_, text, told) => {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-profile-'));
  const said: string[] = [];
  const file = join(folder, 'x.yaml');
  writeFileSync(file, text);
  expect(await profile(['check', file], (line) => said.push(line))).toBe(2);
  rmSync(folder, { recursive: true });
  expect(said.join('\n')).toMatch(told);
});

const target: Target = { host: 'h', port: 502, unit: 1, framing: 'tcp' };
const whole = { fc: 3, address: 0, count: 4 } as const;
const halves = [
  { fc: 3, address: 0, count: 2 },
  { fc: 3, address: 2, count: 2 },
] as const;

test('a block that is refused is read in parts, and then nothing is amiss', async () => {
  const said: string[] = [];
  const { answers, isWhole } = await readBlocks(
    {
      read: async (_, block) =>
        block.count > 2
          ? { kind: 'exception', code: 3 }
          : { kind: 'data', answer: { ...block, bytes: new Uint8Array(4) } },
      close: () => {},
    },
    target,
    { blocks: [whole], split: (block) => (block === whole ? halves : []) },
    (line) => said.push(line),
  );
  expect(isWhole).toBe(true);
  expect(answers).toMatchObject(halves);
  expect(said.join()).toContain('maxRegisters');
});

test('who does not answer is not asked again', async () => {
  let asked = 0;
  const { answers, isWhole } = await readBlocks(
    {
      read: async () => {
        asked++;
        return { kind: 'silent', why: 'no answer' };
      },
      close: () => {},
    },
    target,
    { blocks: halves, split: () => [] },
    silent,
  );
  expect([asked, answers.length, isWhole]).toEqual([1, 0, false]);
});
