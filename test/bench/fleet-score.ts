import { hourMs, minuteMs, secondMs } from '../../model/time.ts';
import type { FleetCity } from '../../simulators/fleet-month/city.ts';
import type { FleetLabel } from '../../simulators/fleet-month/labels.ts';
import type { Noted } from '../rules/world.ts';
import { median } from './report.ts';
import { type KindScore, tally, together } from './score.ts';

/** So long after a thing is over its alert may still come. */
const graceMs: Readonly<Record<string, number>> = { 'vehicle.fuel-drop': 24 * hourMs };
const usualGraceMs = 2 * hourMs;

export interface MonthScore {
  readonly kinds: readonly KindScore[];
  readonly wrong: readonly Noted[];
  readonly missed: readonly FleetLabel[];
}

interface Door {
  doorOf(vehicle: string): string;
}

const causeOf = ({ last }: Noted): unknown => last.evidence.observed['cause'];

function isAbout(alert: Noted, label: FleetLabel, { doorOf }: Door): boolean {
  if (alert.last.kind !== label.kind) return false;
  const { context } = alert.last.evidence;
  const vehicle = causeOf(alert) === 'door' ? String(context['vehicle']) : alert.subject;
  if (label.vehicle !== vehicle && label.vehicle !== `door ${doorOf(vehicle)}`) return false;
  const until = label.to + (graceMs[label.kind] ?? usualGraceMs);
  const { from, to } = alert.last.evidence;
  const isThere = (at: number) => at >= label.from - 5 * minuteMs && at <= until;
  return (
    isThere(alert.openedAt) ||
    (from <= label.to && to >= label.from - 5 * minuteMs && isThere(from))
  );
}

/** Holds what was found against what was true, kind by kind. */
export function scoreMonth(
  alerts: readonly Noted[],
  labels: readonly FleetLabel[],
  city: FleetCity,
  wanted: readonly string[],
): MonthScore {
  const doors = new Map(city.vehicles.map(({ id, home }) => [id, home.door]));
  const door: Door = { doorOf: (vehicle) => doors.get(vehicle) ?? vehicle };
  const names = [...new Set([...wanted, ...alerts.map(({ last }) => last.kind)])];
  return together(
    names.map((kind) => {
      const own = alerts.filter(({ last }) => last.kind === kind);
      return tally(kind, own, {
        labels: labels.filter((label) => label.kind === kind),
        isAbout: (alert, label) => isAbout(alert, label, door),
        delayOf: (label) => {
          const found = own.filter((alert) => isAbout(alert, label, door));
          const first = found.find(
            (alert) => !label.vehicle.startsWith('door') || causeOf(alert) === 'door',
          );
          return first && first.openedAt - label.from;
        },
      });
    }),
  );
}

/** In seconds. */
export const delayOf = ({ delaysMs }: KindScore): number => median(delaysMs) / secondMs;

/** Of several months, kind by kind, in the order of the first. */
export function pooled(scores: readonly MonthScore[]): readonly KindScore[] {
  const all = Map.groupBy(
    scores.flatMap(({ kinds }) => kinds),
    ({ kind }) => kind,
  );
  const sum = (own: readonly KindScore[], pick: (score: KindScore) => number) =>
    own.reduce((total, score) => total + pick(score), 0);
  return [...all].map(([kind, own]) => ({
    kind,
    episodes: sum(own, ({ episodes }) => episodes),
    found: sum(own, ({ found }) => found),
    alerts: sum(own, ({ alerts }) => alerts),
    false: sum(own, (score) => score.false),
    open: sum(own, ({ open }) => open),
    delaysMs: own.flatMap(({ delaysMs }) => delaysMs),
  }));
}
