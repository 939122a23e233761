import { describe, expect, test } from 'vitest';
import type { Cap } from '../../model/goals.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { anInstitution, aStandingWorld } from './standing-world.ts';

/** Midnight in Shanghai, 1 January 2026. */
const newYear = Date.UTC(2025, 11, 31, 16);
const institutions = [anInstitution('a')];
const cap: Cap = {
  id: 'cap-a',
  institution: 'a',
  item: 'electricity-kwh',
  year: 2026,
  cap: 36_500,
};

/** 200 kWh a day, read at noon and midnight. */
const all = (days: number) =>
  Array.from({ length: 2 * days + 1 }, (_, half) => ({
    meter: 'a',
    at: newYear + (half * dayMs) / 2,
    kwh: 1000 + half * 100,
  }));

describe('a cap that is passed within a month', () => {
  /** At 200 a day the 36,500 are passed on the 183rd day, 2 July. */
  const passedAt = newYear + 183 * dayMs;
  const capsOf = async (world: ReturnType<typeof aStandingWorld>) => {
    const found = (await world.alerts()).filter(({ kind }) => kind === 'energy.total-cap');
    return found.map(({ state, severity, summary, evidence }) => ({
      state,
      severity,
      at: evidence.to,
      told: summary.en,
    }));
  };

  test('is told when its day is over, and stands when the month is', async () => {
    const world = aStandingWorld(institutions, { caps: [cap] });
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(182));
    world.clock.at = passedAt - 20 * hourMs;
    await world.tick(watch);
    expect((await capsOf(world)).map(({ severity }) => severity)).toEqual(['warning']);
    await world.tell(
      watch,
      all(183).filter(({ at }) => at > newYear + 182 * dayMs),
    );
    world.clock.at = passedAt + 3 * hourMs;
    await world.tick(watch);
    const [told] = await capsOf(world);
    expect(told).toMatchObject({ state: 'open', severity: 'critical', at: passedAt });
    expect(told?.told).toContain('36,600 kWh already');
    await watch.stop();
    const again = await world.open();
    await world.tick(again);
    expect(await capsOf(world)).toEqual([told]);
    expect(world.log).toEqual([]);
  });

  test('stands while the month it was passed in is over and not counted yet', async () => {
    const early = { ...cap, cap: 36_300 };
    const world = aStandingWorld(institutions, { caps: [early] });
    world.clock.at = newYear + 205 * dayMs;
    const watch = await world.open();
    await world.tell(watch, all(212));
    world.clock.at = newYear + 211 * dayMs;
    await world.tick(watch);
    const at = newYear + 182 * dayMs;
    expect(await capsOf(world)).toMatchObject([{ state: 'open', severity: 'critical', at }]);
    // Something late comes of July just when it is to be counted.
    world.clock.at = newYear + 212 * dayMs + 2 * hourMs;
    await world.tell(watch, [{ meter: 'a', at: newYear + 200.25 * dayMs, kwh: 41_050 }]);
    await world.tick(watch);
    expect((await capsOf(world)).map(({ state }) => state)).toEqual(['open']);
    await world.tick(watch);
    expect(await capsOf(world)).toMatchObject([{ state: 'open', severity: 'critical' }]);
    expect(world.log).toEqual([]);
  });

  test('is the same whether the month was seen going on or not', async () => {
    const seen = aStandingWorld(institutions, { caps: [cap] });
    seen.clock.at = newYear;
    const watch = await seen.open();
    for (const days of [182, 190, 214]) {
      const known = all(days).filter(({ at }) => at > newYear + (days === 182 ? -1 : 0));
      await seen.tell(watch, known);
      seen.clock.at = newYear + days * dayMs + 3 * hourMs;
      await seen.tick(watch);
    }
    const unseen = aStandingWorld(institutions, { caps: [cap] });
    unseen.clock.at = newYear + 214 * dayMs + 3 * hourMs;
    const late = await unseen.open();
    await unseen.tell(late, all(214));
    await unseen.tick(late);
    const histories = await Promise.all([seen, unseen].map((world) => world.standing()));
    expect(histories[0]).toEqual(histories[1]);
  });
});
