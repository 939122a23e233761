/** A stretch of a meter's readings by which something is so. Plain JSON. */
export interface GaugeSpell<Detail> {
  readonly since: number;
  /** Newest reading by which it is so. */
  readonly lastAt: number;
  /** Newest reading, whatever it says. */
  readonly heardAt: number;
  readonly lastSaid: 'so' | 'not' | 'nothing';
  /** How long it was so, between readings that both say so. */
  readonly heldMs: number;
  readonly readings: number;
  /** How far from right at the worst, as a share; of what is gravest. */
  readonly worst: number;
  readonly worstAt: number;
  readonly detail: Detail;
  readonly level: number;
  /** Every `stride`-th reading by which it is so, so that a long stretch stays small. */
  readonly track: readonly GaugePoint[];
  readonly stride: number;
  /** Readings since by which it is not so, for how long, and `at` of the first. */
  readonly calm: number;
  readonly calmMs: number;
  readonly calmSince: number | null;
  /** Long enough to be told. */
  readonly isOpen: boolean;
  /** It is told again when it has been so for as long, or become as bad, as this. */
  readonly nextTellMs: number;
  readonly toldWorst: number;
}

type GaugePoint = readonly [at: number, value: number];

/** What one reading says: that it is so, and how; or that it is not, which is nearly all there is. */
export type GaugeSeen<Detail> = GaugeWrong<Detail> | GaugeRight;

interface GaugeRight {
  readonly so: false;
}

export const isRight: GaugeRight = { so: false };

interface GaugeWrong<Detail> {
  readonly so: true;
  /** As people read it, in the unit of the rule. */
  readonly value: number;
  /** How far from right, as a share; 0 and more. */
  readonly worse: number;
  readonly detail: Detail;
  /** How grave: 0 info, 1 warning, 2 critical; between them only told anew. */
  readonly level: number;
  /** How long this must be held to be told, where not as long as usual. */
  readonly enterMs?: number;
}

export interface GaugeLimits {
  /** So for so long, in at least so many readings, to be told. */
  readonly enterMs: number;
  readonly enterReadings: number;
  /** Not so for so long to be over; time in which readings say nothing does not count. */
  readonly leaveMs: number;
  /** Silence longer than this ends it. */
  readonly maxGapMs: number;
  /** So long without a reading by which it is so ends it. */
  readonly forgetMs: number;
}

interface GaugeStep<Detail> {
  readonly spell: GaugeSpell<Detail> | null;
  /** What is to be told, of which stretch. */
  readonly told: readonly (readonly ['open' | 'amend' | 'end', GaugeSpell<Detail>])[];
}

const trackPoints = 12;
/** One reading that is right does not end a beginning, two do. */
const calmToForget = 2;
/** Told anew when so much worse, by share and by amount. */
const muchWorse = { factor: 1.5, by: 0.02 };

const rounded = (value: number) => Number(value.toPrecision(5));

const begun = <Detail>(at: number, { detail }: GaugeWrong<Detail>): GaugeSpell<Detail> => ({
  since: at,
  lastAt: at,
  heardAt: at,
  lastSaid: 'nothing',
  heldMs: 0,
  readings: 0,
  worst: -1,
  worstAt: at,
  detail,
  level: 0,
  track: [],
  stride: 1,
  calm: 0,
  calmMs: 0,
  calmSince: null,
  isOpen: false,
  nextTellMs: 0,
  toldWorst: 0,
});

function withReading<Detail>(
  spell: GaugeSpell<Detail>,
  at: number,
  seen: GaugeWrong<Detail>,
): GaugeSpell<Detail> {
  const isKept = spell.readings % spell.stride === 0;
  const track = isKept ? [...spell.track, [at, rounded(seen.value)] as const] : spell.track;
  const isFull = track.length > trackPoints;
  const isGraver = seen.level > spell.level;
  const isWorse = isGraver || (seen.level === spell.level && seen.worse > spell.worst);
  return {
    ...spell,
    lastAt: at,
    heardAt: at,
    lastSaid: 'so',
    heldMs: spell.heldMs + (spell.lastSaid === 'so' ? at - spell.heardAt : 0),
    readings: spell.readings + 1,
    ...(isWorse && { worst: seen.worse, worstAt: at, detail: seen.detail }),
    level: Math.max(spell.level, seen.level),
    track: isFull ? track.filter((_, index) => index % 2 === 0) : track,
    stride: isFull ? spell.stride * 2 : spell.stride,
    calm: 0,
    calmMs: 0,
    calmSince: null,
  };
}

function goOn<Detail>(
  before: GaugeSpell<Detail>,
  at: number,
  seen: GaugeWrong<Detail>,
  limits: GaugeLimits,
): GaugeStep<Detail> {
  const spell = withReading(before, at, seen);
  const tell = (change: 'open' | 'amend'): GaugeStep<Detail> => {
    const nextTellMs = 2 * Math.max(spell.heldMs, limits.enterMs, limits.leaveMs);
    const told = { ...spell, isOpen: true, nextTellMs, toldWorst: spell.worst };
    return { spell: told, told: [[change, told]] };
  };
  if (!spell.isOpen) {
    const enterMs = seen.enterMs ?? limits.enterMs;
    const isEnough = spell.readings >= limits.enterReadings || enterMs === 0;
    return spell.heldMs >= enterMs && isEnough ? tell('open') : { spell, told: [] };
  }
  const isWorse =
    spell.worst >= before.toldWorst * muchWorse.factor &&
    spell.worst >= before.toldWorst + muchWorse.by;
  const isDue = spell.level > before.level || isWorse || spell.heldMs >= before.nextTellMs;
  return isDue ? tell('amend') : { spell, told: [] };
}

function calmDown<Detail>(
  before: GaugeSpell<Detail>,
  at: number,
  { leaveMs }: GaugeLimits,
): GaugeStep<Detail> {
  const spell: GaugeSpell<Detail> = {
    ...before,
    heardAt: at,
    lastSaid: 'not',
    calm: before.calm + 1,
    calmMs: before.calmMs + (before.lastSaid === 'not' ? at - before.heardAt : 0),
    calmSince: before.calmSince ?? at,
  };
  if (!spell.isOpen) return { spell: spell.calm < calmToForget ? spell : null, told: [] };
  return spell.calmMs >= leaveMs ? { spell: null, told: [['end', spell]] } : { spell, told: [] };
}

function pass<Detail>(
  before: GaugeSpell<Detail>,
  at: number,
  { enterMs, forgetMs }: GaugeLimits,
): GaugeStep<Detail> {
  const spell: GaugeSpell<Detail> = { ...before, heardAt: at, lastSaid: 'nothing' };
  if (!spell.isOpen) return { spell: at - spell.lastAt > enterMs ? null : spell, told: [] };
  return at - spell.lastAt > forgetMs
    ? { spell: null, told: [['end', spell]] }
    : { spell, told: [] };
}

/**
 * One more reading, in order of `at`.
 *
 * @param seen undefined where the reading says nothing of it
 */
export function followGauge<Detail>(
  before: GaugeSpell<Detail> | null,
  at: number,
  seen: GaugeSeen<Detail> | undefined,
  limits: GaugeLimits,
): GaugeStep<Detail> {
  if (before && at <= before.heardAt) return { spell: before, told: [] };
  if (before && at - before.heardAt > limits.maxGapMs) {
    const next = followGauge(null, at, seen, limits);
    return {
      spell: next.spell,
      told: [...(before.isOpen ? [['end', before] as const] : []), ...next.told],
    };
  }
  if (seen?.so) return goOn(before ?? begun(at, seen), at, seen, limits);
  if (!before) return { spell: null, told: [] };
  return seen ? calmDown(before, at, limits) : pass(before, at, limits);
}
