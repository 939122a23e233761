import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hourMs } from '../../model/time.ts';
import { createCity } from '../../simulators/city.ts';
import { startCity } from '../../simulators/run.ts';
import type { Progress, StartOptions } from '../../simulators/simulator.ts';
import { folderOfTest } from './folders.ts';
import { mosquittoProgram, startMosquitto } from './servers/mosquitto.ts';
import { freePort } from './servers/program.ts';

if (!mosquittoProgram) console.log('SKIPPED 1: mosquitto is not installed');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Heard {
  readonly topic: string;
  readonly device: string;
  readonly at: number;
  readonly body: { readonly values?: Record<string, number>; readonly lat?: number };
}

/** Everything the devices say, one entry a reading, in the order it came. */
async function listen(port: number): Promise<{ heard: Heard[]; client: MqttClient }> {
  const heard: Heard[] = [];
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'listener' });
  closing.push(() => client.endAsync(true));
  client.on('message', (topic, payload) => {
    const parsed = JSON.parse(payload.toString()) as object;
    expect(payload.length).toBeLessThan(64 * 1024);
    for (const body of Array.isArray(parsed) ? parsed : [parsed])
      heard.push({ topic, device: topic.split('/')[2] ?? '', at: Date.parse(body.at), body });
  });
  await client.subscribeAsync(['v1/meters/+/readings', 'v1/vehicles/+/positions'], { qos: 1 });
  return { heard, client };
}

const city = createCity({ seed: 11, institutions: 1 });

async function aBroker(settings?: readonly string[]) {
  const broker = await startMosquitto(settings);
  closing.push(() => broker.stop());
  return broker;
}

async function run(port: number, more: Partial<StartOptions>) {
  const running = await startCity({
    city,
    mqttUrl: `mqtt://127.0.0.1:${port}`,
    speed: 1,
    faults: 'none',
    ...more,
  });
  closing.push(() => running.stop());
  return running;
}

const until = (what: () => void, timeout = 20_000) => vi.waitFor(what, { timeout, interval: 50 });

describe.skipIf(!mosquittoProgram)('against mosquitto', () => {
  test('history comes whole, in order of time for every device, and ends', async () => {
    const { port } = await aBroker();
    const { heard } = await listen(port);
    const told: Progress[] = [];
    const running = await run(port, {
      speed: 'fast',
      backfill: { days: 3, everyS: 900 },
      onProgress: (progress) => told.push(progress),
    });
    await until(() => expect(heard.length).toBe(running.sent()));
    expect(told.at(-1)?.fraction).toBeGreaterThan(0.99);
    for (const [device, own] of Map.groupBy(heard, (each) => each.device)) {
      const instants = own.map(({ at }) => at);
      expect(
        instants.every((at, i) => i === 0 || at > (instants[i - 1] ?? 0)),
        device,
      ).toBe(true);
      if (own[0]?.topic.includes('meters')) expect(own.length).toBe(3 * 96);
    }
    expect(new Set(heard.map(({ device }) => device)).size).toBe(
      city.meters.length + city.vehicles.length,
    );
  });

  test('real time goes on where history ends, and no counter falls', async () => {
    const { port } = await aBroker();
    const { heard } = await listen(port);
    const startedAt = Date.now();
    await run(port, { backfill: { days: 0.2, everyS: 900 } });
    const meters = city.meters.filter(({ medium }) => medium !== 'environment');
    const live = (device: string) =>
      heard.filter((each) => each.device === device && each.at > startedAt - 20_000);
    await until(() => {
      for (const { id } of city.meters) expect(live(id).length, id).toBeGreaterThan(0);
      for (const { id } of city.vehicles)
        expect(heard.filter(({ device }) => device === id).length, id).toBeGreaterThan(0);
    });
    for (const { id } of meters) {
      const counters = heard
        .filter(({ device }) => device === id)
        .map(
          ({ body }) =>
            body.values?.['energy_import_kwh'] ??
            body.values?.['volume_m3'] ??
            body.values?.['heat_gj'],
        );
      expect(counters.length).toBeGreaterThan(15);
      for (const [i, value] of counters.entries())
        expect(value, id).toBeGreaterThanOrEqual(counters[i - 1] ?? 0);
    }
  });

  test('a broker that goes away and comes back has missed nothing', async () => {
    const first = await startMosquitto();
    await run(first.port, {});
    await first.stop();
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    const second = await startMosquitto(undefined, first.port);
    closing.push(() => second.stop());
    const { heard } = await listen(first.port);
    const meter = city.meters.find(({ medium, modbus }) => medium === 'electricity' && !modbus);
    const instants = () => heard.filter(({ device }) => device === meter?.id).map(({ at }) => at);
    await until(() => expect(instants().length).toBeGreaterThan(2), 40_000);
    const gaps = instants()
      .slice(1)
      .map((at, i) => at - (instants()[i] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([10_000]));
  });

  test('a second run goes on from the state file, with the faults of the first', async () => {
    const { port } = await aBroker();
    const state = join(folderOfTest(), 'state.json');
    const lines: string[] = [];
    const labels = { write: (line: string) => lines.push(line) > 0 };
    const first = await run(port, {
      backfill: { days: 0.1, everyS: 900 },
      stateFile: state,
      labels: labels as never,
    });
    const label = first.inject('spike', 'hq-b1-ec');
    await until(() => expect(lines).toHaveLength(1));
    expect(JSON.parse(lines[0] ?? '')).toEqual(label);
    // Until real time has begun, the state is where history ended: a quarter of an hour ago at most.
    const history = first.sent();
    await until(() => expect(first.sent()).toBeGreaterThan(history));
    await first.stop();
    const { until: stoppedAt } = JSON.parse(readFileSync(state, 'utf8')) as { until: number };
    expect(Math.abs(Date.now() - stoppedAt)).toBeLessThan(60_000);
    const { heard } = await listen(port);
    await run(port, {
      backfill: { days: 30, everyS: 5 },
      stateFile: state,
      pastFaults: first.faults(),
    });
    await until(() =>
      expect(heard.some(({ device, at }) => device === 'hq-b1-ec' && at > label.from)).toBe(true),
    );
    expect(Math.min(...heard.map(({ at }) => at))).toBeGreaterThan(stoppedAt);
    const power = heard.find(({ device, at }) => device === 'hq-b1-ec' && at > label.from)?.body
      .values?.['power_kw'];
    expect(power).toBeGreaterThan(label.magnitude);
  });

  test('a device that is silent says nothing, then speaks again', async () => {
    const { port } = await aBroker();
    const now = Date.now();
    const fault = {
      fault: 'silence',
      device: 'hq-b1-w0',
      from: now - hourMs,
      to: now + 9_000,
      magnitude: 0,
    } as const;
    const { heard } = await listen(port);
    await run(port, { backfill: { days: 0.1, everyS: 300 }, pastFaults: [fault] });
    const own = () => heard.filter(({ device }) => device === fault.device).map(({ at }) => at);
    await until(() => expect(Math.max(...own())).toBeGreaterThan(fault.to), 40_000);
    expect(own().filter((at) => at >= fault.from && at < fault.to)).toEqual([]);
    expect(own().filter((at) => at < fault.from).length).toBeGreaterThan(10);
  });

  test('one login for all, and a broker that does not let them in', async () => {
    const passwords = join(folderOfTest(), 'passwords');
    const { execFileSync } = await import('node:child_process');
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'all', 'only for these tests']);
    const { port } = await aBroker([
      'allow_anonymous false',
      `password_file ${passwords}`,
      'user root',
    ]);
    const options = { speed: 'fast', backfill: { days: 0.05, everyS: 900 } } as const;
    const login = { user: 'all', password: 'only for these tests' };
    const running = await run(port, { ...options, login });
    expect(running.sent()).toBeGreaterThan(50);
    await expect(run(port, options)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  });
});

test('history is ended early by its signal', async () => {
  const port = await freePort();
  const ending = new AbortController();
  const ended = run(port, { backfill: { days: 30, everyS: 60 }, signal: ending.signal });
  setTimeout(() => ending.abort(new Error('enough')), 200);
  await expect(ended).rejects.toThrow('enough');
});
