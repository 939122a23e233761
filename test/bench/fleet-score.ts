import type { FleetCity } from '../../simulators/fleet-month/city.ts';
import type { FleetLabel } from '../../simulators/fleet-month/labels.ts';
import type { Noted } from '../rules/world.ts';
import { median } from './report.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** So long after a thing is over its alert may still come. */
const graceMs: Readonly<Record<string, number>> = { 'vehicle.fuel-drop': 24 * hourMs };
const usualGraceMs = 2 * hourMs;

export interface KindScore {
  readonly kind: string;
  readonly episodes: number;
  readonly found: number;
  readonly alerts: number;
  readonly false: number;
  /** Neither right nor wrong. */
  readonly open: number;
  readonly delaysS: readonly number[];
}

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
  const wrong: Noted[] = [];
  const missed: FleetLabel[] = [];
  const names = [...new Set([...wanted, ...alerts.map(({ last }) => last.kind)])];
  const kinds = names.map((kind): KindScore => {
    const own = alerts.filter(({ last }) => last.kind === kind);
    const true_ = labels.filter((label) => label.kind === kind);
    const must = true_.filter((label) => label.must);
    const delaysS: number[] = [];
    for (const label of must) {
      const found = own.filter((alert) => isAbout(alert, label, door));
      const first = found.find(
        (alert) => !label.vehicle.startsWith('door') || causeOf(alert) === 'door',
      );
      if (first) delaysS.push((first.openedAt - label.from) / 1000);
      else missed.push(label);
    }
    const about = own.map((alert) => true_.filter((label) => isAbout(alert, label, door)));
    const right = about.filter((found) => found.some((label) => label.must));
    const open = about.filter((found) => found.length > 0 && !found.some((label) => label.must));
    wrong.push(...own.filter((_, n) => about[n]?.length === 0));
    return {
      kind,
      episodes: must.length,
      found: delaysS.length,
      alerts: own.length,
      false: own.length - right.length - open.length,
      open: open.length,
      delaysS,
    };
  });
  return { kinds, wrong, missed };
}

export const recallOf = ({ episodes, found }: KindScore): number => found / episodes;
export const precisionOf = ({ alerts, open, false: wrong }: KindScore): number =>
  (alerts - open - wrong) / (alerts - open);
export const delayOf = ({ delaysS }: KindScore): number => median(delaysS);

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
    delaysS: own.flatMap(({ delaysS }) => delaysS),
  }));
}
