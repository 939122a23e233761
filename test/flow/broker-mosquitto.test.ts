import { spawn, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse, until } from '../broker/harness.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

const topic = 'v1/meters/m1/readings';

const mosquitto = spawnSync('mosquitto_pub', ['--help']).error === undefined;
if (!mosquitto) console.log('SKIPPED 1: mosquitto_pub is not installed');

test.skipIf(!mosquitto)('mosquitto_pub and mosquitto_sub get on with the door', async () => {
  const port = String(house.broker.port);
  const as = (user: string, secret = `${user}-secret`, version = 'mqttv311') => {
    const who = ['-u', user, '-P', secret, '-i', `${user}-cli`, '-V', version];
    return ['-h', '127.0.0.1', '-p', port, ...who];
  };
  const run = async (program: string, args: readonly string[]) => {
    const child = spawn(program, args);
    let out = '';
    child.stdout.on('data', (bytes) => {
      out += bytes;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { code, out };
  };
  const listening = run('mosquitto_sub', [
    ...as('bi'),
    '-t',
    'v1/meters/#',
    '-C',
    '2',
    '-W',
    '20',
    '-q',
    '1',
  ]);
  await until(() => house.broker.clients() === 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const qos of ['1', '2']) {
    const sent = await run('mosquitto_pub', [
      ...as('m1'),
      '-t',
      topic,
      '-q',
      qos,
      '-m',
      `by mosquitto ${qos}`,
    ]);
    expect(sent.code).toBe(0);
  }
  expect((await listening).out).toBe('by mosquitto 1\nby mosquitto 2\n');
  expect(house.journal.taken).toHaveLength(2);
  const foreign = await run('mosquitto_pub', [...as('m2'), '-t', topic, '-q', '1', '-m', 'x']);
  expect(foreign.code).not.toBe(0);
  for (const args of [as('m1', 'guess'), as('m1', 'm1-secret', 'mqttv5')]) {
    const refused = await run('mosquitto_pub', [...args, '-t', topic, '-q', '1', '-m', 'x']);
    expect(refused.code).not.toBe(0);
  }
  expect(house.journal.taken).toHaveLength(2);
});
