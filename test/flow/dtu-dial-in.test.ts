import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DialInOptions, dtuKey, startDialIns } from '../../gateway/dial-in.ts';
import type { Context } from '../../model/context.ts';
import { type DtuOptions, dialIn, type LineMeter } from '../../simulators/dtu.ts';
import { e1, poll, until, w1, wait } from './dtu-kit.ts';
import { asDlt645, asModbus, asWater, dlt645Meter, rtuSlave, waterMeter } from './line-kit.ts';

/** DTUs that dial in to us and say who they are. */

const host = '127.0.0.1';
const imei = '860123456789012';
const behind = { dtu: { id: imei } };

let ending: (() => unknown)[];
let refused: string[];
let logged: string[];
const context: Context = {
  log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
  count: (name, labels = {}) => {
    if (name === 'refused') refused.push(Object.values(labels).join(' '));
  },
  now: () => Date.now(),
};

beforeEach(() => {
  ending = [];
  refused = [];
  logged = [];
});
afterEach(async () => {
  for (const end of ending.reverse()) await end();
});

async function doorOf(options: Partial<DialInOptions> = {}) {
  const door = await startDialIns({ host, port: 0, connections: 20, ...options }, context);
  ending.push(() => door.stop());
  const dial = async (
    registration: string | Buffer,
    meters: readonly LineMeter[] = [],
    more: Partial<DtuOptions> = {},
  ): Promise<Socket> => {
    const bytes = Buffer.from(registration);
    const socket = await dialIn({ host, port: door.port, registration: bytes, ...more }, meters);
    ending.push(() => socket.destroy());
    return socket;
  };
  return { door, dial };
}

test('meters of three languages are read through a DTU that dials in, among its heartbeats', async () => {
  const { door, dial } = await doorOf();
  const meters = [
    asDlt645('e1', behind, e1),
    asWater('w1', behind, w1),
    asModbus('s7', { dtu: { id: `0x${Buffer.from(imei).toString('hex')}` } }, 7),
  ];
  const { poller, of, last } = poll(meters, {}, door, context);
  await until(() => poller.status()[0]?.reachable === false);
  expect(poller.status()[0]?.units.map(({ trouble }) => trouble)).toContain(
    'the DTU has not dialled in',
  );
  await dial(
    `${imei}\r\n`,
    [dlt645Meter(e1, () => 317.76), waterMeter(w1, () => 1234.56), rtuSlave(7, () => 42)],
    { heartbeat: { bytes: Buffer.from('HEARTBEAT'), everyMs: 70 } },
  );
  await until(() => ['e1', 'w1', 's7'].every((id) => of(id).length >= 3));
  expect(last('e1')).toEqual({ energy_import_kwh: 317.76 });
  expect(last('w1')).toMatchObject({ volume_m3: 1234.56 });
  expect(last('s7')).toEqual({ power_kw: 42 });
  expect(poller.status()).toMatchObject([
    { kind: 'dial-in', name: `DTU ${imei}`, reachable: true, units: [{}, {}, {}] },
  ]);
});

test('who dials in again after a dead connection is read at once, and the dead one is closed', async () => {
  const { door, dial } = await doorOf();
  const { of, last } = poll([asDlt645('e1', behind, e1)], {}, door);
  const first = await dial(imei, [dlt645Meter(e1, () => 1)]);
  await until(() => of('e1').length >= 1);
  const closed = once(first, 'close');
  await dial(imei, [dlt645Meter(e1, () => 2)]);
  await closed;
  await until(() => last('e1')?.energy_import_kwh === 2);
});

test('a line that was away for long is tried as soon as its DTU has dialled in', async () => {
  const { door, dial } = await doorOf();
  const { poller, of } = poll([asDlt645('e1', behind, e1)], {}, door);
  // Four attempts in vain: the fifth would be 8 s after the last.
  await wait(7_500);
  expect(poller.status()[0]?.reachable).toBe(false);
  const before = performance.now();
  await dial(imei, [dlt645Meter(e1, () => 1)]);
  await until(() => of('e1').length >= 1);
  expect(performance.now() - before).toBeLessThan(5_000);
}, 30_000);

test('bytes that are no text, and a packet in pieces', async () => {
  const { door, dial } = await doorOf();
  const id = '0x7B01FF0D0A7D';
  const { of } = poll([asDlt645('e1', { dtu: { id } }, e1)], {}, door);
  const socket = await dial(Buffer.from('7B01FF', 'hex'), [dlt645Meter(e1, () => 1)]);
  await wait(50);
  socket.write(Buffer.from('0D0A7D', 'hex'));
  await until(() => of('e1').length >= 1);
});

test('the beginning of a longer id is taken for it only when nothing follows', async () => {
  const { door, dial } = await doorOf({ withinMs: 1_500 });
  const meters = [
    asDlt645('short', { dtu: { id: 'A1' } }, e1),
    asDlt645('long', { dtu: { id: 'A12' } }, e1),
  ];
  const { of, last } = poll(meters, {}, door);
  const torn = await dial('A1', [dlt645Meter(e1, () => 12)]);
  await wait(500);
  torn.write('2');
  await until(() => of('long').length >= 1);
  expect(of('short')).toEqual([]);
  await dial('A1', [dlt645Meter(e1, () => 1)]);
  await until(() => of('short').length >= 1);
  expect(last('short')).toEqual({ energy_import_kwh: 1 });
  expect(last('long')).toEqual({ energy_import_kwh: 12 });
});

test('strangers are sent away, counted, and told of once', async () => {
  const { door, dial } = await doorOf({ withinMs: 300 });
  poll([asDlt645('e1', behind, e1)], {}, door);
  for (const said of ['860000000000000', '860000000000000', `${imei}0`, `x${imei}`, '', '\r\n']) {
    const socket = await dial(said);
    await once(socket.resume(), 'close');
  }
  expect(refused.toSorted()).toEqual([
    'dtu silent',
    ...Array.from({ length: 5 }, () => 'dtu unknown'),
  ]);
  expect(
    logged.filter((line) => line.includes('unknown DTU') && line.includes('860000000000000')),
  ).toHaveLength(1);
  expect(logged.join()).not.toContain('dialled in');
});

test('who says too much is sent away before the time is over', async () => {
  const { door, dial } = await doorOf({ withinMs: 60_000 });
  poll([asDlt645('e1', behind, e1)], {}, door);
  const socket = await dial(Buffer.alloc(4_096, 0x41));
  await once(socket.resume(), 'close');
  expect(refused).toEqual(['dtu unknown']);
});

test('more connections than allowed are not taken in, and who keeps silent keeps nobody away', async () => {
  const { door, dial } = await doorOf({ withinMs: 60_000, connections: 150 });
  const { of } = poll([asDlt645('e1', behind, e1)], {}, door);
  for (let i = 0; i < 105; i++) await dial('');
  await until(() => refused.length >= 5);
  expect(new Set(refused)).toEqual(new Set(['dtu limit']));
  await dial(imei, [dlt645Meter(e1, () => 1)]);
  await until(() => of('e1').length >= 1);

  const few = await doorOf({ connections: 2 });
  const sockets = await Promise.all(
    [1, 2, 3].map(async () => {
      const socket = connect({ host, port: few.door.port });
      socket.on('error', () => {});
      ending.push(() => socket.destroy());
      await once(socket, 'connect');
      return socket.resume();
    }),
  );
  await until(() => sockets.some(({ closed }) => closed));
  expect(refused).toHaveLength(7);
}, 30_000);

test('a DTU that talks on before its line is asked is hung up on; heartbeats are no such talk', async () => {
  const { door, dial } = await doorOf();
  const expected = door.expect(dtuKey(imei), () => {});
  const socket = await dial(`${imei}\r\n`);
  await until(() => !('kind' in expected.open()));
  const quiet = await dial(`${imei}\r\n`);
  await once(socket.resume(), 'close');
  for (let n = 0; n < 20; n++) quiet.write('HEARTBEAT');
  await wait(50);
  expect(quiet.destroyed).toBe(false);
  quiet.write(Buffer.alloc(64 << 10, 'x'));
  await once(quiet.resume(), 'close');
  expect('kind' in expected.open()).toBe(true);
  expect(refused).toEqual(['dtu rate-limited']);
  expect(logged.filter((line) => line.includes('dialled in'))).toHaveLength(1);
});

test('a DTU that no meter stands behind any more is hung up on, and not let in again', async () => {
  const { door, dial } = await doorOf({ withinMs: 500 });
  const expected = door.expect(dtuKey(imei), () => {});
  const socket = await dial(imei);
  await until(() => !('kind' in expected.open()));
  const closed = once(socket.resume(), 'close');
  expected.forget();
  await closed;
  const again = await dial(imei);
  await once(again.resume(), 'close');
  expect(refused).toEqual(['dtu unknown']);
});

test('without a port for DTUs their meters say why they are not read', async () => {
  const { poller } = poll([asDlt645('e1', behind, e1)]);
  await until(() => poller.status()[0]?.reachable === false);
  expect(poller.status()[0]?.units[0]?.trouble).toMatch(/dtuPort is not set/);
});
