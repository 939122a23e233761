import { hourMs, minuteMs } from '../model/time.ts';
import type { Hour, OpenHour } from './hourly.ts';

export const quarterMs = 15 * minuteMs;

/** A quarter of an hour that is over. */
export interface Quarter {
  /** Unix ms UTC. */
  readonly start: number;
  readonly kwh: number;
  /** All of it lies in hours that were measured. */
  readonly isMeasured: boolean;
}

/** Hours on their way through their quarters. Plain JSON. */
export interface QuarterState {
  /** `at` of the newest reading; null before the first. */
  readonly at: number | null;
  /** What the hour that was running then had come to. */
  readonly hour: { readonly start: number; readonly value: number };
  /** Of the quarter that is running. */
  readonly kwh: number;
  readonly isMeasured: boolean;
}

export const newQuarters: QuarterState = {
  at: null,
  hour: { start: 0, value: 0 },
  kwh: 0,
  isMeasured: false,
};

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly kwh: number;
  readonly isMeasured: boolean;
}

function piecesOf(
  { at: before, hour }: QuarterState,
  at: number,
  closed: readonly Hour[],
  running: OpenHour,
): readonly Piece[] {
  if (before === null) return [];
  const toPiece = (start: number, end: number, value: number, isMeasured: boolean): Piece => ({
    from: Math.max(start, before),
    to: end,
    kwh: value - (start === hour.start ? hour.value : 0),
    isMeasured,
  });
  const whole = closed.map(({ start, value, quality }) =>
    toPiece(start, start + hourMs, value ?? 0, quality === 'measured' && value !== null),
  );
  const last = toPiece(running.start, at, running.value, running.quality === 'measured');
  return [...whole, last].filter(({ from, to }) => to > from);
}

/** One more reading: what the hours say of it is spread over the quarters since the one before. @returns the quarters that are over, ascending */
export function addReading(
  state: QuarterState,
  at: number,
  closed: readonly Hour[],
  running: OpenHour,
): { readonly state: QuarterState; readonly quarters: readonly Quarter[] } {
  const quarters: Quarter[] = [];
  let { kwh, isMeasured } = state;
  for (const piece of piecesOf(state, at, closed, running)) {
    const perMs = piece.kwh / (piece.to - piece.from);
    for (let from = piece.from; from < piece.to; ) {
      const start = Math.floor(from / quarterMs) * quarterMs;
      const to = Math.min(start + quarterMs, piece.to);
      isMeasured = (from === start || isMeasured) && piece.isMeasured;
      kwh = (from === start ? 0 : kwh) + perMs * (to - from);
      if (to === start + quarterMs) quarters.push({ start, kwh, isMeasured });
      from = to;
    }
  }
  const hour = { start: running.start, value: running.value };
  return { state: { at, hour, kwh, isMeasured }, quarters };
}
