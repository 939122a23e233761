import { expect, test } from 'vitest';
import { faultsOf, mustImport, testRegistry } from './city.ts';

const base = `institutions: [{ id: a, name: 甲, level: municipal }]
buildings: [{ id: b1, institution: a, name: 一号楼 }]
`;
const at = 'host: 10.0.0.9, port: 4001';
const meter = (medium: string, rest: string) =>
  `meters: [{ id: m1, building: b1, medium: ${medium}, name: 表, ${rest} }]`;

const host = '10.0.0.9';
const port = 4001;

test.each([
  ['electricity', { dlt645: { host, port, address: '202107072529' } }],
  [
    'electricity',
    {
      dlt645: {
        host,
        port,
        address: '202107072529',
        items: ['00010000', '0001ff00'],
        wakeUpBytes: 0,
      },
    },
  ],
  ['water', { cjt188: { host, port, address: '00112233445566' } }],
  [
    'water',
    {
      cjt188: {
        host,
        port,
        address: '00112233445566',
        type: 'reclaimed-water',
        identifierOrder: 'high-first',
      },
    },
  ],
  ['electricity', { dlt645: { dtu: { id: '860123456789012' }, address: '202107072529' } }],
  ['water', { cjt188: { dtu: { id: '0x7B010203' }, address: '00112233445566' } }],
  ['heat', { cjt188: { host, port, address: '00112233445566', type: 'cooling' } }],
  ['gas', { cjt188: { host, port, address: '00112233445566', wakeUpBytes: 16 } }],
])('a meter of %s is kept as written: %j', async (medium, way) => {
  const { registry } = testRegistry();
  const [[key, value] = []] = Object.entries(way);
  await mustImport(registry, base + meter(medium, `${key}: ${JSON.stringify(value)}`));
  expect(registry.get('meters', 'm1')).toMatchObject(way);
});

test('DL/T 645 and CJ/T 188 on a serial port are 2400 8E1 unless it is said otherwise', async () => {
  const { registry } = testRegistry();
  const way = 'dlt645: { serial: { path: /dev/ttyUSB0 }, address: "202107072529" }';
  await mustImport(registry, base + meter('electricity', way));
  expect(registry.get('meters', 'm1')).toMatchObject({
    dlt645: { serial: { path: '/dev/ttyUSB0', baudRate: 2_400, parity: 'even', stopBits: 1 } },
  });
});

test.each([
  ['electricity', 'dlt645: { address: "202107072529" }', 'dlt645.host', /neither serial nor dtu/],
  ['water', 'cjt188: { host: h, address: "00112233445566" }', 'cjt188.port', /missing/],
  [
    'electricity',
    `dlt645: { ${at}, dtu: { id: A1 }, address: "202107072529" }`,
    'dlt645.host',
    /behind a DTU that dials in does not take it/,
  ],
  [
    'electricity',
    'dlt645: { serial: { path: /dev/ttyUSB0 }, dtu: { id: A1 }, address: "202107072529" }',
    'dlt645.dtu',
    /on a serial line does not take it/,
  ],
  [
    'electricity',
    'modbus: { dtu: { id: A1 }, framing: tcp, unit: 1, profile: eastron-sdm630 }',
    'modbus.framing',
    /does not take it/,
  ],
  ['electricity', 'dlt645: { dtu: {}, address: "202107072529" }', 'dlt645.dtu.id', /missing|want/],
  [
    'electricity',
    'dlt645: { dtu: { id: "0x7" }, address: "202107072529" }',
    'dlt645.dtu.id',
    /hexadecimal/,
  ],
  [
    'electricity',
    'dlt645: { dtu: { id: " A1" }, address: "202107072529" }',
    'dlt645.dtu.id',
    /ASCII/,
  ],
  [
    'electricity',
    'dlt645: { dtu: { id: 一号 }, address: "202107072529" }',
    'dlt645.dtu.id',
    /ASCII/,
  ],
  ['electricity', `dlt645: { ${at}, address: "1234" }`, 'dlt645.address', /12 digits/],
  ['electricity', `dlt645: { ${at}, address: 202107072529 }`, 'dlt645.address', /want text/],
  ['electricity', `dlt645: { ${at}, address: "2021070725AA" }`, 'dlt645.address', /12 digits/],
  [
    'electricity',
    `dlt645: { ${at}, address: "202107072529", items: ["9010"] }`,
    'dlt645.items[0]',
    /8 hex digits/,
  ],
  [
    'electricity',
    `dlt645: { ${at}, address: "202107072529", items: ["00010000", "04000101"] }`,
    'dlt645.items[1]',
    /no known metric/,
  ],
  [
    'electricity',
    `dlt645: { ${at}, address: "202107072529", wakeUpBytes: 17 }`,
    'dlt645.wakeUpBytes',
    /at most 16/,
  ],
  [
    'electricity',
    'dlt645: { host: "a b", port: 0, address: "202107072529" }',
    'dlt645.host',
    /host name/,
  ],
  ['water', `dlt645: { ${at}, address: "202107072529" }`, 'dlt645', /want electricity/],
  ['water', `cjt188: { ${at}, address: "001122334455" }`, 'cjt188.address', /14 digits/],
  ['water', `cjt188: { ${at}, address: "00112233445566", type: steam }`, 'cjt188.type', /want/],
  ['water', `cjt188: { ${at}, address: "00112233445566", type: gas }`, 'cjt188.type', /cold-water/],
  ['environment', `cjt188: { ${at}, address: "00112233445566" }`, 'cjt188', /water, heat or gas/],
])('%s: %s is a fault of %s', async (medium, way, path, message) => {
  const faults = await faultsOf(base + meter(medium, way));
  expect(faults).toContainEqual(
    expect.objectContaining({ path: `meters[0].${path}`, message: expect.stringMatching(message) }),
  );
});

test('a meter is asked in one language at most', async () => {
  const both = `modbus: { ${at}, unit: 1, profile: eastron-sdm630 }, dlt645: { ${at}, address: "202107072529" }`;
  expect(await faultsOf(base + meter('electricity', both))).toMatchObject([
    { path: 'meters[0]', message: 'got modbus and dlt645, want one of them at most' },
  ]);
});
