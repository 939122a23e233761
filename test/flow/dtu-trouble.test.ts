import { expect, test } from 'vitest';
import type { LineMeter } from '../../simulators/dtu.ts';
import { aRegister } from '../protocols/about.ts';
import { at, dtuOf, e1, poll, until, w1 } from './dtu-kit.ts';
import { asDlt645, asModbus, asWater, dlt645Meter, rtuSlave, waterMeter } from './line-kit.ts';
import { valuesOf } from './poll-kit.ts';

/** Lines whose DTU or wire misbehaves: answers are lost, never wrong. */

test('a DTU that hangs up, goes away and comes back is taken up again', async () => {
  const meters = [dlt645Meter(e1, () => 5)];
  const dtu = await dtuOf(meters);
  const { poller, of } = poll([asDlt645('e1', at(dtu), e1)]);
  await until(() => of('e1').length >= 1);
  dtu.hangUp();
  const before = of('e1').length;
  await until(() => of('e1').length > before);
  expect(dtu.connections()).toBe(2);
  await dtu.stop();
  await until(() => poller.status()[0]?.reachable === false);
  const again = await dtuOf(meters, { port: dtu.port });
  const lost = of('e1').length;
  await until(() => of('e1').length > lost);
  expect(poller.status()[0]?.reachable).toBe(true);
  expect(again.connections()).toBe(1);
});

test('a late answer never stands for a later question', async () => {
  // Meter and slave show how long ago the test began when they were asked; unit 8 shows its addresses, block by block.
  const began = Date.now();
  let asked = 0;
  const lateMs = (n: number) => ({ 3: 260, 9: 2_400 })[n % 16] ?? 10;
  const dtu = await dtuOf(
    [
      dlt645Meter(e1, () => (Date.now() - began) / 100_000),
      rtuSlave(7, () => Math.round((Date.now() - began) / 10)),
      rtuSlave(8, (address) => address),
    ],
    { answerMs: () => lateMs(asked++) },
  );
  const everyS = 2;
  const registers = [
    aRegister({ metric: 'power_a_kw', address: 10 }),
    aRegister({ metric: 'power_b_kw', address: 20 }),
    aRegister({ metric: 'power_c_kw', address: 30 }),
  ];
  const modbus = { ...at(dtu), framing: 'rtu' as const, unit: 8, profile: 'generic', registers };
  const meters = [
    asDlt645('e1', at(dtu), e1, undefined, { everyS }),
    asModbus('s7', at(dtu), 7, { everyS }),
    asModbus('s8', at(dtu), 8, { everyS, modbus }),
  ];
  const { envelopes, of } = poll(meters, { dtuTimeoutMs: 200, maxBackoffMs: 1_000 });
  await until(() => ['e1', 's7', 's8'].every((id) => of(id).length >= 5), 50_000);
  const agesMs = envelopes.flatMap((envelope) => {
    const { energy_import_kwh: kwh, power_kw: kw, ...others } = valuesOf(envelope, meters);
    if (envelope.device === 's8') {
      const right = { power_a_kw: 10, power_b_kw: 20, power_c_kw: 30 };
      expect(right).toMatchObject(others);
      return [];
    }
    const askedMs = began + (kwh === undefined ? (kw ?? 0) * 10 : kwh * 100_000);
    return [envelope.receivedAt - askedMs];
  });
  console.log(
    `${asked} questions, ${agesMs.length} answers, ${Math.max(...agesMs)} ms old at most`,
  );
  expect(Math.max(...agesMs)).toBeLessThan(1_200);
}, 80_000);

test('a line full of noise loses answers and never bends one', async () => {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  const noisy = (meter: LineMeter): LineMeter => ({
    answer(request) {
      const answer = meter.answer(request);
      if (!answer) return undefined;
      const bent = Buffer.from(answer);
      if (random() < 0.3) {
        const place = Math.floor(random() * bent.length);
        bent[place] = (bent[place] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      const before = Buffer.from(Array.from({ length: random() * 8 }, () => random() * 256));
      return Buffer.concat([before, random() < 0.2 ? bent.subarray(0, -3) : bent]);
    },
  });
  const dtu = await dtuOf(
    [
      noisy(dlt645Meter(e1, () => 317.76)),
      noisy(waterMeter(w1, () => 1234.56)),
      noisy(rtuSlave(7, () => 42)),
    ],
    { answerMs: () => 2 },
  );
  const meters = [
    asDlt645('e1', at(dtu), e1),
    asWater('w1', at(dtu), w1),
    asModbus('s7', at(dtu), 7),
  ];
  const { envelopes, of } = poll(meters, { dtuTimeoutMs: 60, dtuGapMs: 5, maxBackoffMs: 1_000 });
  await until(() => ['e1', 'w1', 's7'].every((id) => of(id).length >= 4), 40_000);
  for (const envelope of envelopes) {
    const {
      energy_import_kwh = 317.76,
      volume_m3 = 1234.56,
      power_kw = 42,
    } = valuesOf(envelope, meters);
    expect([energy_import_kwh, volume_m3, power_kw]).toEqual([317.76, 1234.56, 42]);
  }
}, 60_000);
