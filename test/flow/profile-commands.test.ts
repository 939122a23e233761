import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOfSuite } from './folders.ts';
import { runCommand } from './guanjia.ts';
import { rowsOf } from './servers/maker-tables.ts';
import { freePort } from './servers/program.ts';
import { hasPymodbus, startPymodbus } from './servers/pymodbus.ts';

/** `profile check` and `modbus read` as an integrator runs them, the latter against slaves of python3-pymodbus. */

const there = hasPymodbus();
if (!there)
  console.log('SKIPPED 1: python3-pymodbus is not installed, so modbus read had nobody to read');

const root = join(import.meta.dirname, '..', '..');
const folder = folderOfSuite();
async function command(...args: readonly string[]) {
  const { code, output, errors } = await runCommand(folder, ...args);
  return { code, said: output + errors };
}
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const head = 'name: my-meter\ntitle: { zh: 表, en: meter }\nsource: its label\n';

describe('profile check', () => {
  test('a built-in profile has no fault, and the requests are told', async () => {
    const { code, said } = await command(
      'profile',
      'check',
      join(root, 'protocols/profiles/acrel-adl400.yaml'),
    );
    expect(code, said).toBe(0);
    expect(said).toContain('没有错误');
    expect(said).toContain('No faults');
    expect(said).toMatch(/FC 3 {2}0x0800–0x0835 .*voltage_a_v.*frequency_hz/);
    expect(said).toMatch(/FC 3 {2}0x084C–0x0857 .*energy_import_kwh, energy_export_kwh/);
  });

  test('every fault has its path and line', async () => {
    const path = file(
      'faulty.yaml',
      `${head}maxRegisters: 126
registers:
  - { metric: power_w, address: 0, fc: 3, type: f32 }
  - metric: power_kw
    address: 0x10
    fc: 3
    type: float
  - { metric: voltage_a_v, address: 0x20, fc: 3, type: f32, unit: V }
  - { metric: voltage_b_v, address: 0x30, fc: 3, type: f32 }
  - { metric: voltage_c_v, address: 0x31, fc: 3, type: f32 }
`,
    );
    const { code, said } = await command('profile', 'check', path);
    expect(code).toBe(2);
    for (const told of [
      /^maxRegisters \(line 4\): got 126, want at most 125$/m,
      /^registers\[0\]\.metric \(line 6\): got "power_w", want /m,
      /^registers\[1\]\.type \(line 10\): got "float", want u16 \| /m,
      /^registers\[2\]\.unit \(line 11\): not a known field$/m,
      /^registers\[4\] \(line 13\): overlaps voltage_b_v$/m,
      /5 faults/,
    ])
      expect(said).toMatch(told);
    expect(said).not.toMatch(/^\s+at /m);
  });

  test('a file that is not there, and none at all', async () => {
    expect(await command('profile', 'check', join(folder, 'none.yaml'))).toMatchObject({ code: 2 });
    expect(await command('profile', 'check')).toMatchObject({ code: 2 });
  });
});

/** Three phases of 2 kW; unit 4 shows the power of phase C as its total. */
const sdm630 = (totalW: number) =>
  rowsOf('eastron-sdm630', { 14: 2000, 16: 2000, 52: totalW, 70: 50 });

describe.skipIf(!there)('modbus read', () => {
  let slave: Awaited<ReturnType<typeof startPymodbus>>;
  let dtu: Awaited<ReturnType<typeof startPymodbus>>;
  beforeAll(async () => {
    slave = await startPymodbus({
      3: sdm630(6000),
      4: sdm630(2000),
      5: [
        [3, 10, 'I', 0x12345678],
        [3, 12, 'h', -55],
        [3, 20, 'Q', 0x0001020304050607],
        [3, 30, 'I', 0xffffffff],
      ],
    });
    dtu = await startPymodbus({ 3: sdm630(6000) }, 'rtu');
  });
  afterAll(async () => {
    await slave?.stop();
    await dtu?.stop();
  });
  const at = (port = slave.port) => `127.0.0.1:${port}`;

  test('a model: raw registers, and every value with metric and unit', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '3', '--profile', 'eastron-sdm630'],
    );
    expect(code, said).toBe(0);
    expect(said).toContain('FC 4  0x0046–0x004F  4248 0000 42F7 0000');
    expect(said).toMatch(/voltage_a_v +230\.5 V +0x0000 f32 ABCD \[4366 8000\] {2}A相电压 Voltage/);
    expect(said).toMatch(/power_kw +6 kW /);
    expect(said).toMatch(/power_factor +0\.9375 {3}/);
    expect(said).toMatch(/energy_import_kwh +123\.5 kWh /);
    expect(said).toContain('18 of 18 values read');
    expect(said).toContain('nothing doubtful');
  });

  test('what a right map hardly gives is doubted, and shown all the same', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '4', '--profile', 'eastron-sdm630'],
    );
    expect(code).toBe(0);
    expect(said).toMatch(/power_kw +2 kW /);
    expect(said).toMatch(
      /可疑：.*Doubtful: the phases' powers add up to 6 kW, the total says 2 kW/,
    );
  });

  test('a profile of one’s own, with ratios', async () => {
    const path = file(
      'my-meter.yaml',
      `${head}registers:
  - { metric: energy_import_kwh, address: 10, fc: 3, type: u32, scale: 0.01, side: secondary }
  - { metric: indoor_temperature_c, address: 12, fc: 3, type: i16, scale: 0.1 }
  - { metric: volume_m3, address: 30, fc: 3, type: u32 }
`,
    );
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '5', '--profile', path, '--ct', '40'],
    );
    expect(code, said).toBe(0);
    expect(said).toMatch(/energy_import_kwh +122167958\.4 kWh /);
    expect(said).toMatch(/indoor_temperature_c +-5\.5 °C /);
    expect(said).toMatch(/volume_m3 +缺测 missing /);
    expect(said).toContain('2 of 3 values read');
  });

  test('registers by address, type and order', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '3', '--fc', '4', '--address', '0x48'],
      ...['--type', 'f32', '--order', 'ABCD'],
    );
    expect(code, said).toBe(0);
    expect(said).toMatch(/^FC 4 {2}0x0048–0x0049 {2}42F7 0000 {2}f32\n {2}ABCD +123\.5$/m);
  });

  test('without an order all are shown, 64 bits included', async () => {
    const read = (...more: readonly string[]) =>
      command('modbus', 'read', at(), '--unit', '5', ...more);
    const four = await read('--address', '10', '--type', 'u32');
    expect(four.said).toMatch(
      /1234 5678 {2}u32\n {2}ABCD +305419896\n {2}CDAB +1450709556\n {2}BADC +873625686\n {2}DCBA +2018915346$/m,
    );
    const eight = await read('--address', '20', '--type', 'uint64');
    expect(eight.said).toMatch(/^ {2}ABCD +283686952306183$/m);
    expect(eight.said).toMatch(/^ {2}EFGHABCD +got 289644378169868803, beyond/m);
    const row = await read('--address', '10', '--type', 'i16', '--count', '3', '--order', 'AB');
    expect(row.said).toMatch(/0x000A {2}1234 {2}i16\n {2}ABCD +4660$/m);
    expect(row.said).toMatch(/0x000C {2}FFC9 {2}i16\n {2}ABCD +-55$/m);
  });

  test('a refused address is told in words, with what to try, and the rest is read', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '5', '--address', '10', '--count', '5'],
    );
    expect(code).toBe(1);
    expect(said).toMatch(/异常 2，非法数据地址。 Exception 2: illegal data address/);
    expect(said.match(/Next: addresses count from 0/g)).toHaveLength(1);
    expect(said).toMatch(/0x000C {2}FFC9/);
    expect(said).toMatch(/0x000D：异常 2/);
  });

  test('the wrong function code', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '3', '--fc', '3', '--address', '0x48'],
    );
    expect(code).toBe(1);
    expect(said).toContain('other function code');
  });

  test('a unit that is not there', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(), '--unit', '9', '--address', '0', '--timeout', '300'],
    );
    expect(code).toBe(1);
    expect(said).toMatch(/从站 9 没有应答.*Unit 9 gave no answer/);
    expect(said).toMatch(/Next: check the unit id.*--framing rtu/);
  });

  test('a host that is not there', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(await freePort()), '--address', '0'],
    );
    expect(code).toBe(1);
    expect(said).toMatch(/连不上.*cannot be reached/);
  });

  test('serial frames through a DTU', async () => {
    const { code, said } = await command(
      ...['modbus', 'read', at(dtu.port), '--unit', '3', '--framing', 'rtu'],
      ...['--profile', 'eastron-sdm630'],
    );
    expect(code, said).toBe(0);
    expect(said).toMatch(/energy_import_kwh +123\.5 kWh /);
    expect(said).toContain('18 of 18 values read');
  });

  test('--watch reads until it is stopped', async () => {
    const child: ChildProcess = spawn(
      join(root, 'node_modules', '.bin', 'node'),
      [
        ...[join(root, 'guanjia.ts'), 'modbus', 'read', at(), '--unit', '3', '--fc', '4'],
        ...['--address', '0x48', '--type', 'f32', '--order', 'ABCD', '--watch', '--every', '0.2'],
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'close');
    let said = '';
    const { promise: thrice, resolve } = Promise.withResolvers<void>();
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      if ((said.match(/ABCD +123\.5/g) ?? []).length >= 3) resolve();
    });
    const tooLong = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await Promise.race([thrice, ended]);
    clearTimeout(tooLong);
    child.kill('SIGINT');
    await ended;
    expect(said.match(/^\d{4}-\d\d-\d\dT/gm)?.length).toBeGreaterThanOrEqual(3);
  });

  test('a wrong argument', async () => {
    const { code, said } = await command('modbus', 'read', at(), '--adress', '0');
    expect(code).toBe(2);
    expect(said).toContain('--adress');
    expect(said).not.toMatch(/^\s+at /m);
  });

  test('--help', async () => {
    const { code, said } = await command('modbus', 'read', '--help');
    expect(code).toBe(0);
    expect(said).toContain('--order');
    expect((await command('--help')).said).toMatch(/profile check <file>[\s\S]*modbus read <host/);
  });
});
