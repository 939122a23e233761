import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModbusLink, type ModbusLink } from '../../gateway/modbus-link.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import type { BlockAnswer } from '../../protocols/protocol.ts';
import { aPolledMeter } from '../protocols/about.ts';
import { rowsOf, tables } from './servers/maker-tables.ts';
import { hasPymodbus, startPymodbus } from './servers/pymodbus.ts';

/**
 * Every profile against a slave that is not ours and has the maker's table, as written here a second time: the numbers are packed by Python,
 * and whatever address is not in the table is refused.
 */

const there = hasPymodbus();
if (!there)
  console.log('SKIPPED 1: python3-pymodbus is not installed, so no profile met a slave of others');

const profiles = loadProfiles();
const protocol = createModbus(profiles);
const names = Object.keys(tables);

test('every profile has its table here', () => {
  expect(names.toSorted()).toEqual([...profiles.keys()].toSorted());
});

describe.skipIf(!there)('against python3-pymodbus', () => {
  let slave: Awaited<ReturnType<typeof startPymodbus>>;
  let link: ModbusLink;
  beforeAll(async () => {
    slave = await startPymodbus(Object.fromEntries(names.map((name, i) => [i + 1, rowsOf(name)])));
    link = createModbusLink({
      host: '127.0.0.1',
      port: slave.port,
      timeoutMs: 5_000,
      connectTimeoutMs: 5_000,
    });
  });
  afterAll(async () => {
    link.close();
    await slave.stop();
  });

  test.each(names)('%s', async (name) => {
    const { rows, ctRatio = 1, ptRatio = 1 } = tables[name] ?? { rows: [] };
    const meter = aPolledMeter(name, { ctRatio, ptRatio });
    const answers: BlockAnswer[] = [];
    for (const block of protocol.plan(meter)) {
      const got = await link.read(names.indexOf(name) + 1, block);
      if (got.kind !== 'data') throw new Error(`${JSON.stringify(block)}: ${JSON.stringify(got)}`);
      answers.push(got.answer);
    }
    const { observations, refused } = protocol.decode(
      protocol.encode(answers),
      { type: 'meter', meter },
      0,
    );
    const [sample] = observations;
    const told = rows.flatMap(([, , , , metric, means]) =>
      metric === undefined ? [] : [[metric, means] as const],
    );
    expect(refused).toEqual([]);
    expect(Object.keys(sample?.type === 'sample' ? sample.values : {}).toSorted()).toEqual(
      told.map(([metric]) => metric).toSorted(),
    );
    for (const [metric, means] of told)
      expect(sample, metric).toMatchObject({ values: { [metric]: expect.closeTo(means ?? 0, 9) } });
  });
});
