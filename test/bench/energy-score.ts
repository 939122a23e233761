import { dayMs, hourMs } from '../../model/time.ts';
import type { YearLabel } from '../../simulators/energy-year/labels.ts';
import type { Noted } from '../rules/world.ts';
import { type KindScore, tally, together } from './score.ts';

/** Before a label and behind it an alert may still be about it. */
const slackMs = hourMs;
const graceMs: Readonly<Record<string, number>> = {
  'energy.night-load': 1.5 * dayMs,
  'energy.holiday-load': 1.5 * dayMs,
  'energy.power-factor': 35 * dayMs,
  'water.leak': 1.5 * dayMs,
  'water.network-leak': 1.5 * dayMs,
};
const usualGraceMs = 12 * hourMs;
/** What comes slowly may be seen late. */
const creepGraceMs = 7 * dayMs;

export interface YearScore {
  readonly kinds: readonly KindScore[];
  readonly wrong: readonly Noted[];
  readonly missed: readonly YearLabel[];
}

const endOf = ({ kind, what, to }: YearLabel): number =>
  to + (what === 'creep' ? creepGraceMs : (graceMs[kind] ?? usualGraceMs));

function isOn(alert: Noted, { subject, or = [] }: YearLabel): boolean {
  return alert.subject === subject || or.includes(alert.subject);
}

/** Begun because of it. */
function isAbout(alert: Noted, label: YearLabel): boolean {
  if (!isOn(alert, label)) return false;
  const { from, to } = alert.last.evidence;
  const isThere = (at: number) => at >= label.from - slackMs && at <= endOf(label);
  return (
    isThere(alert.openedAt) ||
    (isThere(from) && from <= label.to && to >= label.from && alert.openedAt <= endOf(label))
  );
}

/** When it told of the label: as it began, or, where it was open already, with the first hour of it that it held to be wrong. */
function toldAt(alert: Noted, label: YearLabel): number | undefined {
  if (isAbout(alert, label)) return alert.openedAt;
  if (!isOn(alert, label) || alert.openedAt > label.from) return undefined;
  const hours = alert.last.evidence.flagged.filter((at) => at >= label.from && at < label.to);
  const [first] = hours;
  return first === undefined ? undefined : first + hourMs;
}

/** Holds what was found against what was true, kind by kind. */
export function scoreYear(
  alerts: readonly Noted[],
  labels: readonly YearLabel[],
  wanted: readonly string[],
): YearScore {
  const byKind = Map.groupBy(alerts, ({ last }) => last.kind);
  const trueByKind = Map.groupBy(labels, ({ kind }) => kind);
  return together(
    wanted.map((kind) => {
      const own = byKind.get(kind) ?? [];
      const bySubject = Map.groupBy(own, ({ subject }) => subject);
      return tally(kind, own, {
        labels: trueByKind.get(kind) ?? [],
        isAbout,
        delayOf: (label) => {
          const subjects = [label.subject, ...(label.or ?? [])];
          const candidates = subjects.flatMap((id) => bySubject.get(id) ?? []);
          const told = candidates.flatMap((alert) => toldAt(alert, label) ?? []);
          return told.length > 0 ? Math.min(...told) - label.from : undefined;
        },
      });
    }),
  );
}

/** Of the delays, in hours, such a share is not longer. */
export function delayOf({ delaysMs }: KindScore, share: number): number {
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return (sorted[at] ?? Number.NaN) / hourMs;
}
