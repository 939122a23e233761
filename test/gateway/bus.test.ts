import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Bus, startBus } from '../../gateway/bus.ts';
import type { LinkAnswer, ModbusLink } from '../../gateway/modbus-link.ts';
import { createModbusAsker } from '../../gateway/modbus-unit.ts';
import type { Unit } from '../../gateway/unit.ts';
import type { Context } from '../../model/context.ts';
import type { Envelope } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import type { ReadBlock } from '../../protocols/protocol.ts';
import { aPolledMeter, aRegister } from '../protocols/about.ts';

const protocol = createModbus(loadProfiles());
const timeoutMs = 1_500;

/** What a slave does with a request: answer, refuse with a code, or say nothing until the timeout. */
type Slave = (block: ReadBlock) => 'answers' | 'silent' | 'unreachable' | number;

let bus: Bus | undefined;
let envelopes: Envelope[];
let logged: string[];
let counted: Map<string, number>;
let asked: { unit: number; block: ReadBlock; at: number }[];
let accept: (envelope: Envelope) => Promise<void>;

const context: Context = {
  log: (level, message) => logged.push(`${level} ${message}`),
  count: (name, labels = {}) => {
    const key = [name, ...Object.values(labels)].join(' ');
    counted.set(key, (counted.get(key) ?? 0) + 1);
  },
  now: () => Date.now(),
};

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_795_228_800_000,
    toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'],
  });
  envelopes = [];
  logged = [];
  counted = new Map();
  asked = [];
  accept = async (envelope) => {
    envelopes.push(envelope);
  };
});

afterEach(async () => {
  await bus?.stop();
  vi.useRealTimers();
});

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A link whose slaves take 20 ms to answer, and the whole timeout to say nothing. */
function linkTo(slaves: ReadonlyMap<number, Slave>): ModbusLink {
  return {
    async read(unit, block): Promise<LinkAnswer> {
      asked.push({ unit, block, at: Date.now() });
      const does = slaves.get(unit)?.(block) ?? 'silent';
      await wait(does === 'silent' ? timeoutMs : 20);
      if (does === 'answers')
        return { kind: 'data', answer: { ...block, bytes: new Uint8Array(block.count * 2) } };
      return typeof does === 'number'
        ? { kind: 'exception', code: does }
        : { kind: does, why: 'test' };
    },
    close: () => {},
  };
}

function aUnit(address: number, everyS: number, link: ModbusLink): Unit {
  const meter = aPolledMeter('generic', { id: `m${address}`, everyS }, [
    aRegister({ metric: 'power_kw', address: 0 }),
    aRegister({ metric: 'energy_import_kwh', address: 1 }),
    aRegister({ metric: 'frequency_hz', address: 10 }),
  ]);
  return {
    meter,
    asker: createModbusAsker(meter, address, link, protocol),
    intervalMs: everyS * 1_000,
    dueMs: performance.now(),
    failures: 0,
    known: false,
    polls: 0,
    lastAnswerAt: null,
    trouble: null,
  };
}

function start(slaves: ReadonlyMap<number, Slave>, everyS = 15): Bus {
  const link = linkTo(slaves);
  bus = startBus({
    name: 'test:502',
    context,
    maxBackoffMs: 300_000,
    accept: (envelope) => accept(envelope),
    close: link.close,
  });
  for (const address of slaves.keys()) bus.units.set(`m${address}`, aUnit(address, everyS, link));
  bus.changed();
  return bus;
}

const slavesOf = (entries: readonly (readonly [number, Slave])[]) => new Map(entries);
const unitOf = (address: number): Unit => {
  const unit = bus?.units.get(`m${address}`);
  if (!unit) throw new Error(`no unit ${address}`);
  return unit;
};

test('a meter is asked every interval, and each poll is one envelope', async () => {
  start(slavesOf([[1, () => 'answers']]));
  await vi.advanceTimersByTimeAsync(150_000);
  expect(envelopes.length).toBeGreaterThanOrEqual(10);
  expect(envelopes.length).toBeLessThanOrEqual(11);
  const gaps = envelopes
    .slice(2)
    .map((envelope, i) => envelope.receivedAt - (envelopes[i + 1]?.receivedAt ?? 0));
  expect(gaps.every((gap) => gap === 15_000)).toBe(true);
  expect(envelopes[0]).toMatchObject({ door: 'modbus', protocol: 'modbus', device: 'm1' });
});

test('forty slaves of which ten are dead: no living one misses an interval after the first minute', async () => {
  const slaves = slavesOf(
    Array.from(
      { length: 40 },
      (_, i) => [i + 1, i % 4 === 3 ? () => 'silent' : () => 'answers'] as const,
    ),
  );
  start(slaves);
  await vi.advanceTimersByTimeAsync(60_000);
  const since = Date.now();
  await vi.advanceTimersByTimeAsync(600_000);
  for (let address = 1; address <= 40; address++) {
    const times = envelopes.filter(
      ({ device, receivedAt }) => device === `m${address}` && receivedAt >= since,
    );
    if (address % 4 === 0) expect(times).toEqual([]);
    else expect(times.length, `unit ${address}`).toBeGreaterThanOrEqual(39);
  }
});

test('a dead slave is probed ever more rarely and taken up again when it answers', async () => {
  let alive = false;
  start(slavesOf([[1, () => (alive ? 'answers' : 'silent')]]));
  await vi.advanceTimersByTimeAsync(1_800_000);
  const probes = asked.length;
  expect(probes).toBeLessThan(13);
  alive = true;
  await vi.advanceTimersByTimeAsync(310_000);
  expect(envelopes.length).toBeGreaterThan(0);
  expect(logged).toEqual(['warn meter silent', 'info meter answers again']);
  const before = envelopes.length;
  await vi.advanceTimersByTimeAsync(150_000);
  expect(envelopes.length - before).toBe(10);
});

test('an illegal address costs its own register only, and the block is asked in parts from then on', async () => {
  const refusesSecond: Slave = ({ address, count }) =>
    address <= 1 && address + count > 1 ? 2 : 'answers';
  start(slavesOf([[1, refusesSecond]]));
  await vi.advanceTimersByTimeAsync(100);
  const meter = unitOf(1).meter;
  const [first] = envelopes;
  const decoded = protocol.decode(first?.bytes ?? new Uint8Array(), { type: 'meter', meter }, 0);
  expect(decoded.observations).toMatchObject([{ values: { power_kw: 0, frequency_hz: 0 } }]);
  expect(
    Object.keys(decoded.observations[0]?.type === 'sample' ? decoded.observations[0].values : {}),
  ).toHaveLength(2);
  asked = [];
  await vi.advanceTimersByTimeAsync(15_000);
  expect(asked.map(({ block }) => [block.address, block.count])).toEqual([
    [0, 1],
    [1, 1],
    [10, 1],
  ]);
  expect([...unitOf(1).asker.exceptions]).toEqual([[2, 3]]);
  expect(unitOf(1).failures).toBe(0);
  expect(logged).toEqual(['warn meter does not answer part of what is asked']);
});

test.each([10, 11])('exception %s is a gateway saying that the slave is away', async (code) => {
  start(
    slavesOf([
      [1, () => code],
      [2, () => 'answers'],
    ]),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  expect(unitOf(1).failures).toBeGreaterThan(1);
  expect(asked.filter(({ unit }) => unit === 1).length).toBeLessThan(6);
  expect(envelopes.every(({ device }) => device === 'm2')).toBe(true);
});

test('a slave that is busy is no dead slave', async () => {
  start(slavesOf([[1, () => 6]]));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(unitOf(1)).toMatchObject({ failures: 0 });
  expect(envelopes).toEqual([]);
});

test('with one slave of eight dead, the other seven keep their polls on time', async () => {
  const everyS = 5;
  start(
    slavesOf(
      Array.from(
        { length: 8 },
        (_, i) => [i + 1, i === 3 ? () => 'silent' : () => 'answers'] as const,
      ),
    ),
    everyS,
  );
  const since = Date.now();
  const minutes = 10;
  await vi.advanceTimersByTimeAsync(minutes * 60_000);
  const wanted = (minutes * 60) / everyS;
  for (let address = 1; address <= 8; address++) {
    const times = envelopes
      .filter(({ device }) => device === `m${address}`)
      .map(({ receivedAt }) => receivedAt - since);
    if (address === 4) {
      expect(times).toEqual([]);
      continue;
    }
    // On time: within a tenth of the interval of an instant that lies whole intervals after the others.
    const phases = times.map((ms) => ms % (everyS * 1_000));
    const usual = [...phases].sort((a, b) => a - b)[Math.floor(phases.length / 2)] ?? 0;
    const onTime = phases.filter((phase) => Math.abs(phase - usual) <= everyS * 100).length;
    expect(onTime / wanted, `unit ${address}`).toBeGreaterThanOrEqual(0.95);
  }
});

test('a block that is met with silence does not hide those behind it, and is asked for ever more rarely', async () => {
  start(slavesOf([[1, ({ address }) => (address === 0 ? 'silent' : 'answers')]]));
  await vi.advanceTimersByTimeAsync(900_000);
  expect(envelopes.length).toBeGreaterThan(50);
  const toTheVoid = asked.filter(({ block }) => block.address === 0).length;
  expect(toTheVoid).toBeLessThan(10);
  expect(unitOf(1).failures).toBe(0);
});

test('what was answered before a slave fell silent is kept', async () => {
  start(slavesOf([[1, ({ address }) => (address === 10 ? 'silent' : 'answers')]]));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(envelopes.length).toBeGreaterThan(0);
  expect(unitOf(1).trouble).toBe('test');
});

test('a host that is away is tried at growing intervals up to a minute, and then its meters are asked at once', async () => {
  let away = true;
  start(
    slavesOf([
      [1, () => (away ? 'unreachable' : 'answers')],
      [2, () => (away ? 'unreachable' : 'answers')],
    ]),
  );
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.length).toBeLessThan(18);
  expect(bus?.reachable()).toBe(false);
  away = false;
  await vi.advanceTimersByTimeAsync(61_000);
  expect(bus?.reachable()).toBe(true);
  expect(new Set(envelopes.map(({ device }) => device))).toEqual(new Set(['m1', 'm2']));
  expect(logged).toEqual(['warn meter line unreachable', 'info meter line reachable again']);
});

test('a journal that refuses costs the reading, not the line', async () => {
  let full = true;
  const kept = accept;
  accept = (envelope) =>
    full ? Promise.reject(new AppError('JOURNAL_FULL', 'full')) : kept(envelope);
  start(slavesOf([[1, () => 'answers']]));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(counted.get('refused modbus journal')).toBeGreaterThan(2);
  full = false;
  await vi.advanceTimersByTimeAsync(16_000);
  expect(envelopes).toHaveLength(1);
});

test('the wall clock going back an hour stops nothing', async () => {
  start(slavesOf([[1, () => 'answers']]));
  await vi.advanceTimersByTimeAsync(30_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  const before = envelopes.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(envelopes.length - before).toBeGreaterThanOrEqual(3);
});

test('a meter removed while it is asked leaves nothing behind', async () => {
  start(slavesOf([[1, () => 'answers']]));
  await vi.advanceTimersByTimeAsync(10);
  bus?.units.delete('m1');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(envelopes).toEqual([]);
});
