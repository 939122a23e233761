import { quarterMs } from '../../energy/quarters.ts';
import { hourMs } from '../../model/time.ts';
import { noTotals, round, roundOrNull, sumTotals, type Totals } from './load-totals.ts';

/** On without a break, when it should be off. */
export interface Stretch extends Totals {
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
}

/** As it is kept, for there may be many; time in quarters of an hour since 1970. */
type KeptStretch = readonly [
  fromQuarter: number,
  quarters: number,
  wastedKwh: number,
  yuan: number | null,
];

/** Hours that follow each other, with what they came to in kWh. Plain JSON. */
export interface HourRow {
  /** Start of the first, Unix ms UTC. */
  readonly from: number;
  readonly kwh: readonly number[];
}

export const noHours: HourRow = { from: 0, kwh: [] };

/** So many are remembered one by one. */
const mostHours = 30;

/** With a quarter of an hour more. */
export function withQuarterOf({ from, kwh }: HourRow, start: number, value: number): HourRow {
  const hour = Math.floor(start / hourMs) * hourMs;
  const first = kwh.length === 0 ? hour : from;
  const place = (hour - first) / hourMs;
  const sum = Number(((kwh[place] ?? 0) + value).toPrecision(6));
  const all = Array.from({ length: place + 1 }, (_, at) => (at === place ? sum : (kwh[at] ?? 0)));
  const gone = Math.max(0, all.length - mostHours);
  return { from: first + gone * hourMs, kwh: all.slice(gone) };
}

/** When it is on, and what it draws when it is off and in office hours. */
export interface SeenLevels {
  readonly standbyKw: number;
  readonly onKw: number;
  readonly officeKw: number | null;
}

/** Evenings with such stretches, no clean one between them. Plain JSON. */
export interface AfterEpisode {
  /** Local days that the first and the newest evening begin in, days since 1970. */
  readonly first: number;
  readonly newest: number;
  readonly evenings: number;
  /** Whether the newest was that of a working day. */
  readonly works: boolean;
  /** Beginning of the first stretch, Unix ms UTC. */
  readonly since: number;
  readonly stretches: readonly KeptStretch[];
  /** Of stretches that are not remembered one by one. */
  readonly earlier: Totals;
  /** Of the newest stretch; its hours once it is over. */
  readonly levels: SeenLevels;
  readonly hours: HourRow;
}

/** Of an episode, so many stretches are remembered one by one. */
const mostStretches = 24;

const toKept = ({ from, to, wastedKwh, yuan }: Stretch): KeptStretch => [
  from / quarterMs,
  (to - from) / quarterMs,
  round(wastedKwh),
  roundOrNull(yuan),
];

export const toStretch = ([from, quarters, wastedKwh, yuan]: KeptStretch): Stretch => ({
  from: from * quarterMs,
  to: (from + quarters) * quarterMs,
  wastedKwh,
  yuan,
});

/** From noon to noon, of air conditioning from midnight to midnight; of the local day that it begins in. */
export interface Evening {
  readonly day: number;
  readonly works: boolean;
  /** How many quarters of an hour of it were judged, and whether something was on in it that is to be told. */
  readonly judged: number;
  readonly isTold: boolean;
}

/** With what is on now: as a stretch of its own, or grown. */
export function withStretch(
  episode: AfterEpisode | null,
  run: Stretch & SeenLevels,
  { day, works }: Evening,
): AfterEpisode {
  const stretch = toKept(run);
  const levels = {
    standbyKw: round(run.standbyKw),
    onKw: round(run.onKw),
    officeKw: roundOrNull(run.officeKw),
  };
  const newest = { newest: day, works, levels };
  if (!episode)
    return {
      ...newest,
      first: day,
      evenings: 1,
      since: run.from,
      stretches: [stretch],
      earlier: noTotals,
      hours: noHours,
    };
  const isSame = episode.stretches.at(-1)?.[0] === stretch[0];
  const all = [...(isSame ? episode.stretches.slice(0, -1) : episode.stretches), stretch];
  const gone = all.slice(0, -mostStretches).map(toStretch);
  return {
    ...episode,
    ...newest,
    evenings: episode.evenings + (episode.newest === day ? 0 : 1),
    stretches: all.slice(-mostStretches),
    earlier: sumTotals(gone, episode.earlier),
  };
}
