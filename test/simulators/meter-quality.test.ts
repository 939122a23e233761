import { expect, test } from 'vitest';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, minuteMs, secondMs } from '../../model/time.ts';
import { meterClock } from '../../rules/kinds/meter/clock.ts';
import { meterGap } from '../../rules/kinds/meter/gap.ts';
import { meterImplausible } from '../../rules/kinds/meter/implausible.ts';
import { meterStuck } from '../../rules/kinds/meter/stuck.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { toAdw300 } from '../../simulators/adw300.ts';
import { decodeMapped, sender } from '../protocols/decode-mapping.ts';
import { institution } from '../rules/world.ts';
import { aTown, monday, surroundingsOf, thingsOf } from './town.ts';

/** Nothing is wrong in this town: what its meters say in full must not worry the rules about data. */

const town = aTown();
const kinds: readonly RuleKind[] = [meterStuck, meterImplausible, meterClock, meterGap];

test('three weeks of everything the meters say worry nobody', { timeout: 120_000 }, () => {
  const around = surroundingsOf(town.city, monday);
  const found: string[] = [];
  for (const meter of thingsOf(town.city, monday).meters) {
    const subject = { type: 'meter', meter, institution } as const;
    const active = kinds.filter((kind) => kind.appliesTo(subject));
    const states = new Map(active.map((kind) => [kind, kind.initial()]));
    for (let at = monday; at < monday + 21 * dayMs; at += 20 * minuteMs) {
      const event: Accepted = {
        ...{ type: 'sample', device: meter.id, at, timeSource: 'device', seq: 1 },
        ...{ receivedAt: at + 2 * secondMs, values: town.meters.read(meter.id, at) },
      };
      for (const kind of active) {
        const step = kind.step(states.get(kind), event, subject, kind.params.parse({}), around);
        states.set(kind, step.state);
        for (const { summary } of step.findings) found.push(`${meter.id} ${summary.en}`);
      }
    }
  }
  expect(found).toEqual([]);
});

test('a meter of another family says by its mapping what it shows', () => {
  const meter = town.city.meters.find(({ speaks }) => speaks);
  if (!meter?.speaks) throw new Error('no such meter in this town');
  const { serial, mapping } = meter.speaks;
  const values = town.meters.read(meter.id, monday);
  const { observations, refused } = decodeMapped(
    toAdw300(serial, monday, values),
    sender(mapping, serial),
  );
  expect(refused).toEqual([]);
  expect(observations).toMatchObject([{ at: monday, timeSource: 'device', values }]);
});
