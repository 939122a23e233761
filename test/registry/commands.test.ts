import { expect, test } from 'vitest';
import { printImport } from '../../registry/commands.ts';
import type { Registry } from '../../registry/registry.ts';
import { actor, exampleInventory, exampleSecrets, testRegistry } from './city.ts';

const importInventory = async (
  registry: Registry,
  text: string,
  { dryRun }: { dryRun: boolean },
  print: (line: string) => void,
) => printImport(await registry.import(text, actor, { dryRun }), dryRun, print);

function printer() {
  const lines: string[] = [];
  return { lines, print: (line: string) => lines.push(line) };
}

test('import prints every fault with its place, or every change', async () => {
  const { registry } = testRegistry();
  const { lines, print } = printer();
  const wrong = exampleInventory.replace('5020', '70000').replace('level: municipal', 'level: x');
  expect(await importInventory(registry, wrong, { dryRun: false }, print)).toBe(false);
  expect(lines).toEqual([
    'institutions[0].level (line 2): got "x", want national | provincial | municipal | county | township | unit',
    'meters[1].modbus.port (line 9): got 70000, want at most 65535',
    '共 2 处错误，未作任何改动。 2 faults; nothing was changed.',
  ]);
  lines.length = 0;
  expect(await importInventory(registry, exampleInventory, { dryRun: true }, print)).toBe(true);
  expect(registry.get('meters', 'm1')).toBeUndefined();
  expect(lines).toHaveLength(17);
  lines.length = 0;
  expect(await importInventory(registry, exampleInventory, { dryRun: false }, print)).toBe(true);
  expect(lines).toContain('+ meters m1');
  expect(lines.at(-1)).toBe(
    '导入完成：新增 16，更新 0，不变 0。 Imported: 16 added, 0 updated, 0 unchanged.',
  );
  lines.length = 0;
  await importInventory(
    registry,
    exampleInventory.replace('总表', '主表'),
    { dryRun: false },
    print,
  );
  expect(lines[0]).toBe('~ meters m1');
  expect(lines).toHaveLength(2);
  for (const secret of exampleSecrets) expect(lines.join('\n')).not.toContain(secret);
});
