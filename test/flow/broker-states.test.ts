import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  connectPacket as connect,
  type House,
  listen,
  openHouse,
  until,
} from '../broker/harness.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

test('the same client id of one user takes over, of another user it disturbs nobody', async () => {
  const watcher = await house.client('bi');
  const heard = listen(watcher);
  await watcher.subscribeAsync('v1/devices/+/state');
  const first = await house.raw();
  await first.login('m1', true, 'same');
  const other = await house.raw();
  await other.login('m2', true, 'same');
  const second = await house.raw();
  await second.login('m1', true, 'same');
  expect(await first.next()).toBe('closed');
  other.send({ cmd: 'pingreq' });
  expect(await other.next()).toMatchObject({ cmd: 'pingresp' });
  second.send({ cmd: 'pingreq' });
  expect(await second.next()).toMatchObject({ cmd: 'pingresp' });
  expect(house.broker.clients()).toBe(3);
  await until(() => heard.length >= 2);
  expect(heard.sort()).toEqual(['v1/devices/m1/state online', 'v1/devices/m2/state online']);
});

test('devices are online and offline, retained, also those of a gateway and after a will', async () => {
  const stateOf = async (device: string) => {
    const watcher = await house.client(`bi/${Math.random()}`);
    const heard = listen(watcher);
    await watcher.subscribeAsync(`v1/devices/${device}/state`);
    await until(() => heard.length > 0);
    await watcher.endAsync();
    return heard[0];
  };
  const gateway = await house.client('g1');
  expect(await stateOf('m4')).toBe('v1/devices/m4/state online retained');
  await gateway.publishAsync('v1/meters/m3/readings', 'x', { qos: 1 });
  await gateway.endAsync();
  expect(await stateOf('m3')).toBe('v1/devices/m3/state offline retained');
  const will = {
    topic: 'v1/devices/m1/state',
    payload: Buffer.from('offline'),
    qos: 1 as const,
    retain: true,
  };
  const dies = await house.raw();
  dies.send(connect({ username: 'm1', password: Buffer.from('m1-secret'), will }));
  await dies.next();
  expect(await stateOf('m1')).toBe('v1/devices/m1/state online retained');
  const again = await house.raw();
  again.send(connect({ username: 'm1', password: Buffer.from('m1-secret'), will }));
  expect(await again.next()).toMatchObject({ cmd: 'connack', returnCode: 0 });
  // The will of the connection that was taken over must not be the last word.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await stateOf('m1')).toBe('v1/devices/m1/state online retained');
  again.socket.destroy();
  await until(() => house.broker.clients() === 0);
  expect(await stateOf('m1')).toBe('v1/devices/m1/state offline retained');
});

test('a device may say itself that it is online, and nothing else', async () => {
  const raw = await house.raw();
  await raw.login('m1');
  const say = (payload: string) =>
    raw.send({
      cmd: 'publish',
      topic: 'v1/devices/m1/state',
      payload,
      qos: 1,
      messageId: 1,
      retain: true,
      dup: false,
    });
  say('online');
  expect(await raw.next()).toMatchObject({ cmd: 'puback' });
  say('on fire');
  expect(await raw.next()).toBe('closed');
  expect(house.journal.taken).toEqual([]);
});
