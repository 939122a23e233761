import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfSuite } from './folders.ts';
import { runCommand } from './guanjia.ts';

/** `npm run guanjia -- mapping check`, as an integrator runs it. */

const folder = folderOfSuite();
const builtIn = join(import.meta.dirname, '..', '..', 'protocols', 'mappings');

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('a mapping without faults, and what it reads in a payload', async () => {
  const payload = write(
    'payload.json',
    '{"node":"node-a","timestamp":1795228800000,"values":{"energy_import_kwh":1.5,"power_kw":null}}',
  );
  const { code, output } = await runCommand(
    folder,
    'mapping',
    'check',
    join(builtIn, 'neuron.yaml'),
    payload,
  );
  expect(output).toContain('No faults');
  expect(output).toContain('/neuron/+');
  expect(output).toContain('node-a  2026-11-21T10:40:00+08:00');
  expect(output).toContain('energy_import_kwh 1.5 kWh');
  expect(output).not.toContain('power_kw');
  expect(code).toBe(0);
});

test('what is not understood in a payload ends in 2', async () => {
  const payload = write('odd.json', '{"tp":1795228800000,"ID":77,"val":1}');
  const file = join(builtIn, 'acrel-adw300.yaml');
  const { code, output } = await runCommand(folder, 'mapping', 'check', file, payload);
  expect(output).toContain('unknown-metric');
  expect(code).toBe(2);
});

test('every fault with its path and line', async () => {
  const file = write(
    'own.yaml',
    'name: own\ntitle: { zh: 表, en: meter }\nsource: test\ntopics: ["a/#"]\nmetrics:\n  p: power_w\n',
  );
  const { code, output } = await runCommand(folder, 'mapping', 'check', file);
  expect(output).toContain('topics.0 (line 4)');
  expect(output).toContain('metrics.p.metric (line 6)');
  expect(output).toContain('2 faults');
  expect(code).toBe(2);
});
