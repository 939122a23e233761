import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import modbus from 'modbus-serial';
import { afterEach, describe, expect, test } from 'vitest';
import { loadProfiles } from '../../protocols/profile.ts';
import { startModbusServer } from '../../simulators/modbus.ts';
import { findProgram } from './servers/program.ts';

const mbpoll = findProgram('mbpoll');
if (!mbpoll) console.log('SKIPPED 1: mbpoll is not installed');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const profileOf = (name: string) => {
  const profile = loadProfiles().get(name);
  if (!profile) throw new Error(`no profile ${name}`);
  return profile;
};

async function serve() {
  let isSilent = false;
  const shown = { voltage_a_v: 230.5, energy_import_kwh: 15234.5, power_kw: 12.25 };
  const server = await startModbusServer({ host: '127.0.0.1', port: 0 }, [
    { unit: 1, profile: profileOf('eastron-sdm630'), ctRatio: 1, values: () => shown },
    { unit: 2, profile: profileOf('chint-dtsu666'), ctRatio: 40, values: () => shown },
    { unit: 3, profile: profileOf('acrel-adl400'), ctRatio: 1, values: () => shown },
    {
      unit: 4,
      profile: profileOf('eastron-sdm630'),
      ctRatio: 1,
      values: () => (isSilent ? undefined : shown),
    },
  ]);
  closing.push(() => server.stop());
  const client = new modbus.default();
  await client.connectTCP('127.0.0.1', { port: server.port });
  client.setTimeout(500);
  closing.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
  const ask = async (unit: number, fc: 3 | 4, address: number, count: number) => {
    client.setID(unit);
    const read = fc === 3 ? client.readHoldingRegisters : client.readInputRegisters;
    return (await read.call(client, address, count)).buffer;
  };
  const setSilent = (silent: boolean) => {
    isSilent = silent;
  };
  return { server, ask, setSilent };
}

test('each slave answers with the registers of its own model', async () => {
  const { ask } = await serve();
  const [voltage, energy] = [await ask(1, 4, 0, 2), await ask(1, 4, 0x48, 2)];
  expect(voltage.toString('hex')).toBe('43668000');
  expect(energy.readFloatBE()).toBe(15234.5);
  expect((await ask(1, 4, 0x34, 2)).readFloatBE()).toBe(12_250);
  // Secondary side behind a transformer of 40: 2305 × 0.1 V, 380.8625 kWh, 3062.5 × 0.0001 kW.
  expect((await ask(2, 3, 0x2006, 2)).readFloatBE()).toBeCloseTo(2305, 3);
  expect((await ask(2, 3, 0x101e, 2)).readFloatBE()).toBeCloseTo(380.8625, 3);
  expect((await ask(2, 3, 0x2012, 2)).readFloatBE()).toBeCloseTo(3062.5, 3);
  expect((await ask(3, 3, 0x084c, 2)).readUInt32BE()).toBe(152_345);
});

test('what the model can read over in one request is read over, other gaps are refused', async () => {
  const { ask } = await serve();
  expect((await ask(3, 3, 0x0800, 0x36)).length).toBe(2 * 0x36);
  await expect(ask(1, 4, 0x50, 2)).rejects.toMatchObject({ modbusCode: 2 });
  await expect(ask(1, 3, 0, 2)).rejects.toMatchObject({ modbusCode: 2 });
  await expect(ask(99, 4, 0, 2)).rejects.toMatchObject({ modbusCode: 11 });
  expect((await ask(1, 4, 0, 1)).toString('hex')).toBe('4366');
});

test('a silent slave does not answer, and keeps no other from answering', async () => {
  const { ask, setSilent } = await serve();
  setSilent(true);
  await expect(ask(4, 4, 0, 2)).rejects.toMatchObject({ name: 'TransactionTimedOutError' });
  expect((await ask(1, 4, 0, 2)).readFloatBE()).toBe(230.5);
  setSilent(false);
  expect((await ask(4, 4, 0, 2)).readFloatBE()).toBe(230.5);
});

test('a port in use is said', async () => {
  const { server } = await serve();
  await expect(
    startModbusServer({ host: '127.0.0.1', port: server.port }, []),
  ).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
});

describe.skipIf(!mbpoll)('mbpoll', () => {
  test('reads the energy of an SDM630 as a big-endian float', async () => {
    const { server } = await serve();
    const args = ['-m', 'tcp', '-p', String(server.port), '-a', '1', '-0', '-t', '3:float'];
    const { stdout } = await promisify(execFile)(mbpoll ?? '', [
      ...args,
      ...['-B', '-r', '72', '-c', '1', '-1', '-q', '127.0.0.1'],
    ]);
    expect(stdout).toMatch(/\[72\]:\s+15234\.5/);
  });
});
