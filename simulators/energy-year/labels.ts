import { dayMs, hourMs } from '../../model/time.ts';
import { days, startOf, yearDays } from './calendar.ts';
import type { FaultName, YearFault } from './faults.ts';
import { dayM3 } from './flows.ts';
import type { Changed, Truth } from './life.ts';
import { siteDay } from './occupancy.ts';
import type { Site } from './sites.ts';
import type { Silence } from './voice.ts';

/** What was true: what any honest rule must find, and what it may tell or not. */
export interface YearLabel {
  readonly kind: string;
  /** Meter or institution. */
  readonly subject: string;
  /** Others at which it counts as found. */
  readonly or?: readonly string[];
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  readonly what: string;
  /** kWh, m³ or GJ beyond the usual; 0 where it is none. */
  readonly amount: number;
  /** Otherwise either way: neither for nor against. */
  readonly must: boolean;
  /** Why it is doubtful. */
  readonly why?: string;
}

const anomaly = 'energy.consumption-anomaly';
const night = 'energy.night-load';
const holiday = 'energy.holiday-load';
const afterHours = 'energy.after-hours';
const peak = 'energy.peak-demand';
/** Kinds that may rightly tell of more electricity. */
const loadKinds = [anomaly, night, holiday, afterHours, peak];

/** What each fault is foremost, by its kind; and how much of it nobody may overlook. */
interface Meaning {
  readonly kind: string;
  isPlain(truth: Truth, own: Changed, lastedMs: number): boolean;
}

const ratio = ({ excess, usual }: Changed): number => excess / Math.max(usual, 1e-9);
const always = () => true;

const evening = (leastKwh: number): Meaning => ({
  kind: afterHours,
  isPlain: (_, own) => ratio(own) >= 1 && own.excess >= leastKwh,
});

const meanings: Readonly<Record<FaultName, Meaning>> = {
  spike: { kind: anomaly, isPlain: ({ whole }) => ratio(whole) >= 0.8 && whole.excess >= 30 },
  shift: { kind: anomaly, isPlain: ({ whole }) => ratio(whole) >= 0.35 },
  creep: { kind: anomaly, isPlain: ({ whole }) => ratio(whole) >= 0.2 },
  shape: { kind: anomaly, isPlain: ({ whole }) => whole.moved / whole.usual >= 0.3 },
  night: {
    kind: night,
    isPlain: ({ nights, nightCount }) => ratio(nights) >= 0.4 && nightCount >= 5,
  },
  'rest-days': { kind: holiday, isPlain: ({ whole }) => ratio(whole) >= 0.4 },
  'server-up': { kind: anomaly, isPlain: (_, own) => ratio(own) >= 0.4 },
  'lights-left': evening(20),
  'corridor-left': evening(15),
  'landscape-on': evening(10),
  'lifts-run': evening(10),
  'air-early': evening(30),
  'air-late': evening(30),
  'boiler-on': evening(10),
  peak: { kind: peak, isPlain: (_, __, lastedMs) => lastedMs >= 0.5 * hourMs },
  'power-factor': { kind: 'energy.power-factor', isPlain: always },
  imbalance: { kind: 'energy.phase-imbalance', isPlain: always },
  voltage: { kind: 'energy.voltage', isPlain: always },
  'phase-dead': { kind: 'energy.voltage', isPlain: always },
  'room-cold': { kind: 'room.temperature', isPlain: always },
  'room-hot': { kind: 'room.temperature', isPlain: always },
  leak: { kind: 'water.leak', isPlain: ({ nights }) => ratio(nights) >= 0.35 },
  burst: { kind: 'water.leak', isPlain: ({ whole }) => ratio(whole) >= 0.5 },
  'gas-up': { kind: anomaly, isPlain: (_, own) => ratio(own) >= 0.5 && own.excess >= 100 },
  'heat-up': { kind: anomaly, isPlain: (_, own) => ratio(own) >= 0.5 && own.excess >= 5 },
};

/** Its meters, those nearest to the fault first. */
function metersOf({ site, on, what }: YearFault): readonly string[] {
  const { meters } = site;
  const near = meters.filter(({ through }) =>
    through?.some((name) => (on as readonly string[]).includes(name)),
  );
  const roles: Readonly<Partial<Record<FaultName, string>>> = {
    leak: 'master',
    burst: 'master',
    'gas-up': 'gas',
    'heat-up': 'heat',
    'room-cold': 'room',
    'room-hot': 'room',
  };
  const above = meters.filter(({ role }) => role === (roles[what] ?? 'top'));
  return [...near, ...above].map(({ id }) => id);
}

/** Below this share of all that the institution uses, nobody can see it there. */
const seenShare = 0.03;
/** So long afterwards a rule may still be getting used to how it was before. */
const aftermathMs = 21 * dayMs;

export function labelsOf(
  fault: YearFault,
  truth: Truth,
  silences: ReadonlyMap<string, readonly Silence[]>,
): readonly YearLabel[] {
  if (truth.last < truth.first) return [];
  const meaning = meanings[fault.what];
  const { first: from, last: to } = truth;
  const [subject = '', ...others] = metersOf(fault);
  const own = ownOf(fault, truth);
  const base = { from, to, what: nameOf(fault), amount: own.excess };
  const silent = isSilent(silences.get(subject) ?? [], from, to);
  const isPlain = meaning.isPlain(truth, own, to - from);
  const doubt = silent ? 'readings are missing from it' : 'small against what is usual';
  const must: YearLabel = {
    ...base,
    kind: meaning.kind,
    subject,
    ...(['leak', 'lifts-run'].includes(fault.what) || fault.what === 'burst' ? { or: others } : {}),
    must: isPlain && !silent,
    ...(isPlain && !silent ? {} : { why: doubt }),
  };
  const either = alsoOf(fault, truth, subject, others).map((each) => ({
    ...base,
    must: false,
    why: 'the same cause',
    ...each,
  }));
  const lasted = to - from >= 5 * dayMs && fault.change.as !== 'shown';
  const after = lasted
    ? [subject, ...others].map((each) => ({
        ...base,
        kind: anomaly,
        subject: each,
        from: to,
        to: to + aftermathMs,
        what: `after ${fault.what}`,
        must: false,
        why: 'the usual is new again to who had got used to it',
      }))
    : [];
  return [must, ...either, ...after, ...betweenMeters(fault, truth, silences)];
}

/** So long takes what is judged by whole days. */
const wholeDaysMs = 5 * dayMs;
/** A register hides less than so many of its steps a day among its own roundings. */
const hiddenSteps = 4;
/** From the first month of watering on to the end of the year: what is compared with are the three months before. */
const wateredFrom = startOf(days.findIndex(({ date }) => date === '2026-05-01'));

/** Water that runs out between the master and the meters below it. */
function betweenMeters(
  { what, on: [branch], site, change }: YearFault,
  { first: from, last: to }: Truth,
  silences: ReadonlyMap<string, readonly Silence[]>,
): readonly YearLabel[] {
  const master = site.meters.find(({ role }) => role === 'master');
  const subs = site.meters.filter(({ parent }) => parent !== undefined && parent === master?.id);
  const isBetween = (what === 'leak' || what === 'burst') && subs.length > 0;
  if (!master || !isBetween || subs.some(({ through }) => through?.includes(branch ?? '')))
    return [];
  const dailyM3 = change.size * 24;
  const doubts = [
    [what === 'burst' || to - from < wholeDaysMs, 'too few whole days'],
    [dailyM3 < hiddenSteps * master.step || dailyM3 < 0.01 * dayM3(site), 'small'],
    [
      [master, ...subs].some(({ id }) => isSilent(silences.get(id) ?? [], from, to)),
      'readings are missing from it',
    ],
    [site.irrigates && to > wateredFrom, 'lawns are watered, or were within three months'],
  ] as const;
  const why = doubts.find(([isSo]) => isSo)?.[1];
  return [
    {
      kind: 'water.network-leak',
      subject: master.id,
      from,
      to,
      what: 'between meters',
      amount: (dailyM3 * (to - from)) / dayMs,
      must: why === undefined,
      ...(why === undefined ? {} : { why }),
    },
  ];
}

/** Leaks by their size, of a usual working day. */
function nameOf({ what, change, site }: YearFault): string {
  if (what !== 'leak') return what;
  const share = (change.size * 24) / dayM3(site);
  return `leak ${share < 0.02 ? 1 : share < 0.06 ? 3 : 10} %`;
}

function ownOf({ on }: YearFault, { by, whole }: Truth): Changed {
  const [only] = on;
  return (on.length > 0 && only !== undefined && only !== 'rest' && by.get(only)) || whole;
}

/** For some hours all of it; for days a quarter. */
function isSilent(silences: readonly Silence[], from: number, to: number): boolean {
  const lost = silences.reduce(
    (sum, each) => sum + Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)),
    0,
  );
  return lost > Math.min(0.2 * (to - from), dayMs);
}

type Also = Pick<YearLabel, 'kind' | 'subject'> & Partial<YearLabel>;

function alsoOf(
  fault: YearFault,
  truth: Truth,
  subject: string,
  others: readonly string[],
): readonly Also[] {
  const { what, site } = fault;
  if (what === 'phase-dead' || what === 'voltage' || what === 'imbalance')
    return ['energy.voltage', 'energy.phase-imbalance', 'energy.power-factor'].map((kind) => ({
      kind,
      subject,
    }));
  if (fault.change.as === 'shown') return [];
  if (what === 'leak' || what === 'burst')
    return [subject, ...others].flatMap((each) =>
      ['water.leak', anomaly, night, holiday].map((kind) => ({ kind, subject: each })),
    );
  if (what === 'gas-up' || what === 'heat-up')
    return [night, holiday].map((kind) => ({ kind, subject }));
  const seen = truth.whole.moved / Math.max(truth.whole.usual, 1e-9) >= seenShare;
  const top = `${site.id}-top`;
  const near = [subject, ...others].filter((each) => each !== top);
  const lived =
    what === 'rest-days'
      ? site.meters.filter(({ medium }) => medium === 'electricity').map(({ id }) => id)
      : [];
  return [...near, ...lived, ...(seen ? [top] : [])].flatMap((each) =>
    loadKinds.map((kind) => ({ kind, subject: each })),
  );
}

/** What is as it should be, and may yet be told. */
export function doubtsOf(site: Site): readonly YearLabel[] {
  const labels: YearLabel[] = [];
  const say = (
    kind: string,
    role: string,
    day: number,
    days: number,
    what: string,
    why: string,
  ) => {
    const subject = `${site.id}-${role}`;
    if (site.meters.some(({ id }) => id === subject))
      labels.push({
        kind,
        subject,
        from: startOf(day),
        to: startOf(day + days),
        what,
        amount: 0,
        must: false,
        why,
      });
  };
  const { retrofit } = site;
  if (retrofit)
    for (const role of ['top', 'lights'])
      say(anomaly, role, retrofit.day, 28, 'retrofit', 'less than ever before, and welcome');
  for (let day = 0; day < yearDays; day += 1) {
    const { overtime } = siteDay(site, day);
    if (!overtime) continue;
    if (site.kind === 'venue')
      for (const kind of [anomaly, afterHours])
        say(kind, 'top', day, 1, 'event', 'a true deviation of which nobody was told');
    else
      say(
        afterHours,
        'air',
        day,
        1,
        'overtime',
        'cooling for a few after hours was ordered, and is yet against the rule',
      );
  }
  return labels;
}
