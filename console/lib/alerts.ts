import type { AlertView } from '../../api/contract.ts';
import type { Band } from './series.ts';

/** What the filters of the list may say, as in the query of the API. */
export interface AlertFilter {
  /** One or several, separated by commas. */
  readonly state?: string;
  /** A kind, or a family such as `vehicle.*`. */
  readonly kind?: string;
  readonly severity?: string;
  readonly institution?: string;
  readonly subject?: string;
}

/** Whether an alert that has just changed belongs into the filtered list; institutions below are not known here and belong. */
export function belongs(alert: AlertView, filter: AlertFilter): boolean {
  const { state, kind, severity, subject } = filter;
  if (state && !state.split(',').includes(alert.state)) return false;
  if (
    kind &&
    !(kind.endsWith('.*') ? alert.kind.startsWith(kind.slice(0, -1)) : alert.kind === kind)
  )
    return false;
  if (severity && alert.severity !== severity) return false;
  return !subject || alert.subject.id === subject;
}

/** Puts a changed alert in its place: newest first, gone where it no longer belongs. */
export function placeAlert(
  items: readonly AlertView[],
  alert: AlertView,
  fits: (alert: AlertView) => boolean,
): AlertView[] {
  const known = items.find((item) => item.id === alert.id);
  if (known && known.version > alert.version) return [...items];
  const others = items.filter((item) => item.id !== alert.id);
  if (!fits(alert)) return others;
  const place = others.findIndex((item) => Date.parse(item.openedAt) <= Date.parse(alert.openedAt));
  return place < 0
    ? [...others, alert]
    : [...others.slice(0, place), alert, ...others.slice(place)];
}

/** Stretches of alerts within the range, to be shaded behind the line. */
export function alertBands(
  alerts: readonly AlertView[],
  range: { readonly from: number; readonly to: number },
  label: (alert: AlertView) => string,
): Band[] {
  return alerts
    .filter((alert) => alert.state !== 'withdrawn')
    .map((alert) => ({
      from: Math.max(range.from, Date.parse(alert.evidence.flagged[0] ?? alert.openedAt)),
      to: Math.min(range.to, alert.clearedAt === null ? range.to : Date.parse(alert.clearedAt)),
      severity: alert.severity,
      label: label(alert),
    }))
    .filter((band) => band.to > band.from);
}
