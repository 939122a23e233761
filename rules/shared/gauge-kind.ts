import type { ZodType } from 'zod';
import type { Evidence, Finding, Text } from '../../model/alert.ts';
import type { Meter, Severity } from '../../model/entities.ts';
import type { Sample } from '../../model/observation.ts';
import { officeHoursDefault } from '../../model/office-hours.ts';
import { hourMs, localTime, minuteMs } from '../../model/time.ts';
import { type WorkingDay, workingDay } from '../../model/working-days.ts';
import {
  type MeterSubject,
  noFindings,
  type RuleKind,
  type Step,
  type Surroundings,
} from '../rule.ts';
import { tellRefusal } from '../words/calendar.ts';
import { followGauge, type GaugeLimits, type GaugeSeen, type GaugeSpell } from './gauge-spell.ts';

/** A meter's reading with all that a kind may ask about it. */
export interface GaugeSight<Params> {
  readonly sample: Sample;
  /** Whether the institution works that day; only where the kind goes by the calendar. */
  readonly working: WorkingDay | undefined;
  readonly subject: MeterSubject;
  readonly params: Params;
  readonly around: Surroundings;
}

/** A stretch that is to be told, with the sight that decided. */
export interface GaugeTold<Params, Memory, Detail> extends GaugeSight<Params> {
  readonly spell: GaugeSpell<Detail>;
  readonly memory: Memory;
  readonly isOver: boolean;
}

/** What a person needs to check it; the stretch itself is added. */
export interface GaugeWords {
  readonly summary: Text;
  readonly method: Text;
  readonly observed: Evidence['observed'];
  readonly expected: Evidence['expected'];
  readonly context?: Evidence['context'];
}

interface GaugeRule<Params, Memory, Detail> {
  readonly kind: string;
  readonly version: number;
  readonly title: Text;
  readonly description: Text;
  readonly params: ZodType<Params>;
  /** Name of the value in the evidence, with its unit. */
  readonly value: string;
  /** What it needs to know between two readings; the same object while nothing changes. */
  readonly memory: Memory;
  /** Goes by the calendar: in a year without one it refuses, and says so with the first reading that it would judge. */
  wouldJudge?(sight: GaugeSight<Params>): boolean;
  appliesTo(meter: Meter): boolean;
  limits(params: Params): Omit<GaugeLimits, 'maxGapMs'>;
  /** `seen` undefined where the reading says nothing of it. */
  see(
    memory: Memory,
    sight: GaugeSight<Params>,
  ): { readonly memory: Memory; readonly seen?: GaugeSeen<Detail> | undefined };
  tell(told: GaugeTold<Params, Memory, Detail>): GaugeWords;
}

interface State<Memory, Detail> {
  readonly memory: Memory;
  readonly spell: GaugeSpell<Detail> | null;
  /** Year without a calendar that was told of; null where there is none. */
  readonly refused: string | null;
}

const severities: readonly Severity[] = ['info', 'warning', 'critical'];
/** Enough for evidence; a stretch that is longer is told by its ends. */
const mostHours = 48;

/** Starts of the hours a stretch touches, the first 48 of them: open alerts stand in the state. */
function hoursOf(from: number, to: number): readonly number[] {
  const first = Math.floor(from / hourMs) * hourMs;
  const count = Math.floor((to - first) / hourMs) + 1;
  return Array.from({ length: Math.min(mostHours, count) }, (_, i) => first + i * hourMs);
}

/** Silence for longer is a gap: two readings are missing, or a quarter of an hour by which demand is counted. A meter that says no interval may speak every quarter of an hour. */
const maxGapMsOf = ({ everyS = 900 }: Meter): number =>
  Math.max(20 * minuteMs, 2.5 * everyS * 1000);

function say<Params, Memory, Detail>(
  rule: GaugeRule<Params, Memory, Detail>,
  change: Finding['change'],
  told: GaugeTold<Params, Memory, Detail>,
  at: number,
): Finding {
  const { spell, subject, working } = told;
  const { summary, method, observed, expected, context = {} } = rule.tell(told);
  const { officeHours, timeZone } = subject.institution;
  return {
    change,
    subject: { type: 'meter', id: subject.meter.id },
    at,
    severity: severities[Math.floor(spell.level)] ?? 'warning',
    summary,
    evidence: {
      from: spell.since,
      to: spell.lastAt,
      flagged: hoursOf(spell.since, spell.lastAt),
      observed: {
        ...observed,
        worstAt: spell.worstAt,
        heldMinutes: Math.round(spell.heldMs / minuteMs),
        readings: spell.readings,
        track: spell.track.map(([readAt, value]) => ({ at: readAt, [rule.value]: value })),
      },
      expected,
      method,
      context: {
        timeZone,
        ...(working && { dayKind: working.reason, officeHours: officeHours ?? officeHoursDefault }),
        ...context,
      },
      quality: { everyNthReading: spell.stride },
    },
  };
}

function stepSight<Params, Memory, Detail>(
  rule: GaugeRule<Params, Memory, Detail>,
  initial: State<Memory, Detail>,
  state: State<Memory, Detail>,
  sight: GaugeSight<Params>,
): Step<State<Memory, Detail>> {
  const { at } = sight.sample;
  const { memory, seen } = rule.see(state.memory, sight);
  // Nearly every reading: nothing was wrong, and nothing is.
  if (state.spell === null && !seen?.so)
    return { state: nextState(initial, state, memory, null), findings: noFindings };
  const limits = { ...rule.limits(sight.params), maxGapMs: maxGapMsOf(sight.subject.meter) };
  const { spell, told } = followGauge(state.spell, at, seen, limits);
  const findings = told.flatMap(([change, stretch]) => {
    const isOver = change === 'end';
    const about = { ...sight, spell: stretch, memory: isOver ? state.memory : memory, isOver };
    if (!isOver) return [say(rule, change, about, at)];
    const over = stretch.calmSince ?? stretch.lastAt;
    return [say(rule, 'amend', about, over), say(rule, 'clear', about, over)];
  });
  return { state: nextState(initial, state, memory, spell), findings };
}

/** The same object while nothing changes. */
function nextState<Memory, Detail>(
  initial: State<Memory, Detail>,
  before: State<Memory, Detail>,
  memory: Memory,
  spell: GaugeSpell<Detail> | null,
): State<Memory, Detail> {
  if (memory === initial.memory && spell === null) return initial;
  const isSame = memory === before.memory && spell === before.spell && before.refused === null;
  return isSame ? before : { memory, spell, refused: null };
}

/** In a year without a calendar: what is open ends, and the institution is told once. */
function refuse<Params, Memory, Detail>(
  rule: GaugeRule<Params, Memory, Detail>,
  initial: State<Memory, Detail>,
  { spell, memory }: State<Memory, Detail>,
  sight: GaugeSight<Params>,
  year: string,
): Step<State<Memory, Detail>> {
  const state = { ...initial, refused: year };
  const { at } = sight.sample;
  const ended = spell?.isOpen
    ? [say(rule, 'clear', { ...sight, spell, memory, isOver: true }, at)]
    : [];
  const note = tellRefusal('open', rule, year, sight.subject.institution, at);
  return { state, findings: [...ended, note] };
}

function stepByCalendar<Params, Memory, Detail>(
  rule: GaugeRule<Params, Memory, Detail>,
  initial: State<Memory, Detail>,
  state: State<Memory, Detail>,
  sight: GaugeSight<Params>,
): Step<State<Memory, Detail>> {
  const { institution } = sight.subject;
  const { date, weekday } = localTime(sight.sample.at, institution.timeZone);
  const seen = { ...sight, working: workingDay(sight.around.day, institution, date, weekday) };
  const { refused } = state;
  if (seen.working.reason === 'weekday-only') {
    const year = date.slice(0, 4);
    const isToTell = refused !== year && rule.wouldJudge?.(seen) === true;
    return isToTell ? refuse(rule, initial, state, seen, year) : { state, findings: noFindings };
  }
  const step = stepSight(rule, initial, state, seen);
  if (refused === null) return step;
  const over = tellRefusal('clear', rule, refused, institution, sight.sample.at);
  return { state: step.state, findings: [over, ...step.findings] };
}

/** A kind that tells of stretches in which something is so by what a meter reads at the moment, each an episode with a beginning and an end. */
export function gaugeKind<Params, Memory, Detail>(
  rule: GaugeRule<Params, Memory, Detail>,
): RuleKind<Params, State<Memory, Detail>> {
  const initial: State<Memory, Detail> = { memory: rule.memory, spell: null, refused: null };
  const { kind, version, title, description, params } = rule;
  const stepOne = rule.wouldJudge ? stepByCalendar : stepSight;
  return {
    kind,
    version,
    title,
    description,
    severity: 'warning',
    params,
    appliesTo: (subject) => subject.type === 'meter' && rule.appliesTo(subject.meter),
    initial: () => initial,
    step(state, event, subject, asked, around) {
      if (event.type !== 'sample' || subject.type !== 'meter')
        return { state, findings: noFindings };
      const sight = { sample: event, working: undefined, subject, params: asked, around };
      return stepOne(rule, initial, state, sight);
    },
  };
}
