import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import { type Active, createResolver } from '../instances.ts';
import { toJudged } from '../judged.ts';
import { createPrices } from '../prices.ts';
import type { MeterSubject } from '../rule.ts';
import type { BalanceDay, DayAround, DayKind } from './kind.ts';
import { dayKinds } from './kinds.ts';
import type { Mark } from './tables.ts';

/** A kind of days with the parameters it has for a meter. */
export interface ActiveDays extends Active {
  readonly kind: DayKind;
}

/** Which kinds judge the days of a device, as the directory stands. */
export type ActiveOf = (device: Device) => readonly ActiveDays[];

export function createActive(directory: Directory, context: Context): ActiveOf {
  const kinds = dayKinds.map((kind) => ({
    ...kind,
    appliesTo: (subject: Device) => subject.type === 'meter' && kind.judges(subject.meter),
  }));
  const resolve = createResolver(kinds, directory, context);
  return (device) =>
    resolve(device).flatMap((active) => {
      const kind = dayKinds.find((each) => each.kind === active.kind.kind);
      return kind ? [{ ...active, kind }] : [];
    });
}

interface Place {
  readonly device: MeterSubject;
  readonly directory: Directory;
  readonly alerts: AlertReport;
}

const aroundOf = ({ directory, alerts }: Place): DayAround => ({
  day: directory.day,
  price: createPrices(directory),
  opinions: alerts.opinions,
  episodes: alerts.episodes,
  meter(id) {
    const device = directory.device(id);
    return device?.type === 'meter' ? device.meter : undefined;
  },
});

/**
 * What a kind finds from the day on that was looked at: nothing before it goes by it. An episode that was open then is told whole.
 * @param days all that are known of the meter, ascending
 */
export function judgeDays(
  active: ActiveDays,
  days: readonly BalanceDay[],
  { to }: Mark,
  place: Place,
): { readonly from: number; readonly judged: readonly Judged[] } {
  const { device } = place;
  const found = active.kind.judge(days, device, active.params, aroundOf(place));
  const all = toJudged(found, active, device.institution.id);
  const before = all.findLast(({ at }) => at < to);
  const from = before && before.change !== 'clear' ? before.openedAt : to;
  return { from, judged: all.filter(({ openedAt }) => openedAt >= from) };
}
