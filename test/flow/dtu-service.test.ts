import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dtu, dialIn, startDtu } from '../../simulators/dtu.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { dlt645Meter, rtuSlave, waterMeter } from './line-kit.ts';
import { until } from './mosquitto.ts';
import { hasSocat, startSerialLine } from './servers/socat.ts';

/** The service and DTUs with lines of meters: from the inventory to the API. */

const electricity = '202107072529';
const water = '33010000002031';
const imei = '860123456789012';
let dtu: Dtu;
let port: Awaited<ReturnType<typeof startSerialLine>> | undefined;
if (!hasSocat()) console.log('SKIPPED 1: socat is not installed, so no serial port was read');

const meter = (id: string, medium: string, way: object) => ({
  id,
  building: 'b1',
  medium,
  name: id,
  everyS: 1,
  ...way,
});

describe('meters behind a DTU', () => {
  beforeAll(async () => {
    dtu = await startDtu({ host: '127.0.0.1', port: 0, registration: Buffer.from('REG\r\n') }, [
      dlt645Meter(electricity, (item) => (item === '00010000' ? 317.76 : undefined)),
      waterMeter(water, () => 1234.56),
      rtuSlave(3, (address) => (address === 0 ? 42 : undefined)),
    ]);
    if (hasSocat()) port = await startSerialLine(`tcp:127.0.0.1:${dtu.port}`);
  });
  afterAll(async () => {
    await port?.stop();
    await dtu.stop();
  });

  const guanjia = guanjiaOfSuite(() => {
    const at = { host: '127.0.0.1', port: dtu.port };
    const slave = {
      unit: 3,
      profile: 'generic',
      registers: [{ metric: 'power_kw', address: 0, type: 'u16' }],
    };
    const [path] = port?.paths ?? [];
    return {
      settings: { GUANJIA_DTU_PORT: '0' },
      inventory: {
        ...cityOf({ meters: 0 }),
        meters: [
          meter('e1', 'electricity', { dlt645: { ...at, address: electricity } }),
          meter('w1', 'water', { cjt188: { ...at, address: water } }),
          meter('s1', 'electricity', { modbus: { ...at, framing: 'rtu', ...slave } }),
          meter('e2', 'electricity', { dlt645: { dtu: { id: imei }, address: electricity } }),
          ...(path ? [meter('s2', 'electricity', { modbus: { serial: { path }, ...slave } })] : []),
        ],
      },
    };
  });

  interface Reading {
    readonly value: number;
  }

  const firstValue = async (id: string, metric: string) => {
    const readings = async () => {
      const now = Date.now();
      const query = `metric=${metric}&from=${now - 600_000}&to=${now + 60_000}`;
      return (await guanjia.get<{ items: Reading[] }>(`/api/v1/meters/${id}/readings?${query}`))
        .items;
    };
    return (await until(readings, (found) => found.length > 0, 20_000))[0]?.value;
  };

  test.each([
    ['e1', 'energy_import_kwh', 317.76],
    ['w1', 'volume_m3', 1234.56],
    ['s1', 'power_kw', 42],
  ])('%s: %s comes out of the API', async (id, metric, value) => {
    expect(await firstValue(id, metric)).toBe(value);
  });

  test('a meter behind a DTU that dials in comes out of the API', async () => {
    const socket = await dialIn(
      { host: '127.0.0.1', port: guanjia.ports.dtu ?? 0, registration: Buffer.from(`${imei}\r\n`) },
      [dlt645Meter(electricity, (item) => (item === '00010000' ? 5.25 : undefined))],
    );
    expect(await firstValue('e2', 'energy_import_kwh')).toBe(5.25);
    expect(await guanjia.get('/api/v1/meters/e2')).toMatchObject({
      dlt645: { dtu: { id: imei }, address: electricity },
    });
    socket.destroy();
  });

  test.skipIf(!hasSocat())('a slave on a serial port comes out of the API', async () => {
    expect(await firstValue('s2', 'power_kw')).toBe(42);
    expect(await guanjia.get('/api/v1/meters/s2')).toMatchObject({
      modbus: { serial: { path: port?.paths[0], baudRate: 9_600, parity: 'none', stopBits: 1 } },
    });
  });

  test('all of the DTU over one connection, and its door is heard', async () => {
    // The serial port has the other.
    expect(dtu.connections()).toBe(port ? 2 : 1);
    const { checks } = await guanjia.get<{ checks: { name: string; ok: boolean }[] }>('/readyz');
    expect(checks).toContainEqual(expect.objectContaining({ name: 'door serial', ok: true }));
  });
});
