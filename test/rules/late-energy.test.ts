import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { afterHours } from '../../rules/kinds/energy/after-hours.ts';
import { holidayLoad } from '../../rules/kinds/energy/holiday-load.ts';
import { nightLoad } from '../../rules/kinds/energy/night-load.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { day, type Load, midnight, noise, readings } from './office-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const kinds = [nightLoad, holidayLoad, afterHours] as RuleKind[];

/** Lights with a night left on, a weekend that is worked, and a base load that rises. */
const eventful: Load = ({ date, hour, works }) => {
  const inOffice = hour >= 8 && hour < 18;
  if (date === '2026-04-14' && hour >= 18) return 17;
  if (date === '2026-04-15' && hour < 7) return 17;
  const lived = works || date === '2026-04-18' || date === '2026-04-19';
  return (lived && inOffice ? 20 : 2) + (date >= '2026-04-23' && date < '2026-04-29' ? 3 : 0);
};
const all = readings('2026-03-23', '2026-05-04', eventful);

const told = (it: World) =>
  it.book.standing().map(({ rule, openedAt, clearedAt, last }) => ({
    rule,
    openedAt,
    clearedAt,
    severity: last.severity,
    evidence: last.evidence,
  }));

async function give(...batches: readonly (readonly Observation[])[]): Promise<World> {
  const it = aWorld({ meters: [aMeter('m1', { subItem: 'A1' })], day }, kinds);
  for (const batch of batches) await it.give(batch);
  return it;
}

test('what comes late is judged as if it had come in time', async () => {
  const inTime = told(await give(all));
  expect(new Set(inTime.map(({ rule }) => rule)).size).toBe(3);
  const first = midnight('2026-03-24');
  const hole = fc.record({
    at: fc.integer({ min: 0, max: 39 * 24 }),
    hours: fc.integer({ min: 1, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(hole, { minLength: 1, maxLength: 5 }),
      fc.nat(),
      async (holes, salt) => {
        const isLate = ({ at }: Observation) =>
          holes.some((each) => {
            const from = first + each.at * hourMs;
            return at >= from && at < from + each.hours * hourMs;
          });
        const late = all.filter(isLate);
        const isSecond = ({ at }: Observation) => noise(Math.floor(at / dayMs), salt) < 0.5;
        const it = await give(
          all.filter((each) => !isLate(each)),
          late.filter(isSecond),
          late.filter((each) => !isSecond(each)),
        );
        expect(told(it)).toEqual(inTime);
      },
    ),
    { numRuns: 8 },
  );
}, 120_000);
