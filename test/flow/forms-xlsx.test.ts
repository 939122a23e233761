import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAcademy, pathOf } from '../api/a-form.ts';
import type { World } from '../api/world.ts';

/** The form as xlsx, read by a program that is not ours. */

const python = '/usr/bin/python3';
const isHere = spawnSync(python, ['-c', 'import openpyxl']).status === 0;
if (!isHere) console.log('SKIPPED 1: the form as xlsx: no python3-openpyxl on this machine');

const reader = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps({sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}, ensure_ascii=False))
`;

type Rows = readonly (readonly (string | number | null)[])[];

describe.skipIf(!isHere)('the form as xlsx', () => {
  let world: World;
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-xlsx-'));
  beforeAll(async () => {
    world = await openAcademy();
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true });
  });

  async function sheetsOf(query: string): Promise<Readonly<Record<string, Rows>>> {
    const { token } = world.sessions.start('ac-officer');
    const response = await world.api.inject({
      url: `/api${pathOf('2026-10', query)}`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.headers['content-disposition']).toContain('.xlsx');
    const file = join(folder, 'form.xlsx');
    writeFileSync(file, response.rawPayload);
    const read = spawnSync(python, ['-W', 'ignore', '-c', reader, file], { encoding: 'utf8' });
    expect(read.stderr).toBe('');
    return JSON.parse(read.stdout) as Readonly<Record<string, Rows>>;
  }

  test('has its cells as numbers, in the units of the form', async () => {
    const sheets = await sheetsOf('?format=xlsx');
    expect(Object.keys(sheets)).toEqual([
      '统计表 Form',
      '表头 About',
      '校验 Checks',
      '明细 Sources',
      '审核 Review',
    ]);
    const form = sheets['统计表 Form'] ?? [];
    const row = (code: string) => form.find((cells) => cells[1] === code);
    expect(row('electricity')?.slice(2, 9)).toEqual([
      '电消费量 Electricity',
      '万kWh 10,000 kWh',
      3.72,
      '计量 meters',
      'measured',
      100,
      4571.88,
    ]);
    expect(row('heat')?.[4]).toBeNull();
    // 37,200 × 0.1229 + 744 × 1.33 + 35.5 × 0.73 × 1.4714 + 20 × 0.84 × 1.4571 kgce.
    expect(row('energy')?.[4]).toBe(5.624);
    expect(sheets['明细 Sources']).toContainEqual([
      'electricity',
      'meter',
      's-e',
      's-e',
      3.72,
      '万kWh 10,000 kWh',
      100,
      'measured',
      100,
    ]);
  });

  test('says by which calibre', async () => {
    const about = (await sheetsOf('?format=xlsx&calibre=equivalent'))['表头 About'] ?? [];
    expect(about.find(([item]) => item === '电力折标口径 Calibre')?.[1]).toBe('等价值 equivalent');
    const sets = about.find(([item]) => item === '因子 Factor sets')?.[1];
    expect(sets).not.toContain('gbt2589-2020-calorific');
    expect(sets).toContain('original not read');
  });
});
