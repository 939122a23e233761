import type { ZodType } from 'zod';
import type { Evidence, Finding, Text } from '../../model/alert.ts';
import { isClockLost } from '../../model/clock.ts';
import type { CalendarDay, Severity, Vehicle } from '../../model/entities.ts';
import type { Fix } from '../../model/observation.ts';
import { localTime } from '../../model/time.ts';
import {
  type Motion,
  noFindings,
  type RuleKind,
  type RuleSubject,
  type Step,
  type Surroundings,
} from '../rule.ts';
import { tellRefusal } from '../words/calendar.ts';
import { follow, type Seen, type Spell, type SpellLimits } from './spell.ts';

export type VehicleSubject = Extract<RuleSubject, { type: 'vehicle' }>;

/** A fix with all that a kind may ask about it. */
export interface Sight<Params> {
  readonly fix: Fix;
  readonly motion: Motion;
  /** Of the institution's day; only where the kind goes by the calendar. */
  readonly day: CalendarDay | undefined;
  readonly subject: VehicleSubject;
  readonly params: Params;
  readonly around: Surroundings;
}

/** A stretch that is to be told, with the sight that decided. */
export interface Told<Params, Memory> extends Sight<Params> {
  readonly spell: Spell;
  readonly memory: Memory;
  readonly isOver: boolean;
}

/** What a person needs to check it; the stretch itself is added. */
export interface Words {
  readonly summary: Text;
  readonly method: Text;
  readonly observed?: Evidence['observed'];
  readonly expected: Evidence['expected'];
  readonly context?: Evidence['context'];
  readonly severity?: Severity;
}

export interface VehicleRule<Params extends SpellLimits, Memory> {
  readonly kind: string;
  readonly version: number;
  readonly title: Text;
  readonly description: Text;
  readonly severity: Severity;
  readonly params: ZodType<Params>;
  /** Name of the value in the evidence, with its unit. */
  readonly value: string;
  /** What it needs to know between two fixes; the same object while nothing changes. */
  readonly memory: Memory;
  /** Goes by the calendar: in a year without one it refuses, and says so. */
  readonly byCalendar?: true;
  readonly onlyByInstance?: true;
  appliesTo?(vehicle: Vehicle): boolean;
  /** Also asked about fixes that are not to be built on; `seen` undefined where a fix says nothing. */
  see(
    memory: Memory,
    sight: Sight<Params>,
  ): { readonly memory: Memory; readonly seen?: Seen | undefined };
  tell(told: Told<Params, Memory>): Words;
}

interface State<Memory> {
  readonly memory: Memory;
  readonly spell: Spell | null;
  /** Year without a calendar that was told of; null where there is none. */
  readonly refused: string | null;
}

function say<Params extends SpellLimits, Memory>(
  rule: VehicleRule<Params, Memory>,
  change: Finding['change'],
  told: Told<Params, Memory>,
  at: number,
): Finding {
  const { spell } = told;
  const { summary, method, observed, expected, context = {}, severity } = rule.tell(told);
  const track = spell.track.map(([fixAt, lat, lon, value]) => ({
    at: fixAt,
    lat,
    lon,
    [rule.value]: value,
  }));
  return {
    change,
    subject: { type: 'vehicle', id: told.subject.vehicle.id },
    at,
    severity: severity ?? rule.severity,
    summary,
    evidence: {
      from: spell.since,
      to: Math.max(spell.since, spell.lastAt),
      flagged: spell.track.map(([fixAt]) => fixAt),
      observed: {
        [rule.value]: spell.worst,
        seconds: Math.round((spell.lastAt - spell.since) / 1000),
        fixes: spell.fixes,
        ...observed,
        track,
      },
      expected,
      method,
      context,
      quality: { everyNthFix: spell.stride },
    },
  };
}

function stepSight<Params extends SpellLimits, Memory>(
  rule: VehicleRule<Params, Memory>,
  initial: State<Memory>,
  state: State<Memory>,
  sight: Sight<Params>,
): Step<State<Memory>> {
  const { memory, seen } = rule.see(state.memory, sight);
  const { spell, told } = seen
    ? follow(state.spell, seen, sight.params, sight.motion.at)
    : { spell: state.spell, told: [] };
  const findings = told.flatMap(([change, stretch]) => {
    const isOver = change === 'end';
    const about = { ...sight, spell: stretch, memory: isOver ? state.memory : memory, isOver };
    if (!isOver) return [say(rule, change, about, sight.fix.at)];
    const at = stretch.calmSince ?? stretch.lastAt;
    return [say(rule, 'amend', about, at), say(rule, 'clear', about, at)];
  });
  if (memory === initial.memory && spell === null) return { state: initial, findings };
  return memory === state.memory && spell === state.spell && state.refused === null
    ? { state, findings }
    : { state: { memory, spell, refused: null }, findings };
}

/** In a year without a calendar: what is open ends, and the institution is told once, with the first trip that is not judged. */
function refuse<Params extends SpellLimits, Memory>(
  rule: VehicleRule<Params, Memory>,
  initial: State<Memory>,
  state: State<Memory>,
  sight: Sight<Params>,
  year: string,
): Step<State<Memory>> {
  if (state.refused === year) return { state, findings: noFindings };
  const { at } = sight.fix;
  const { spell, memory } = state;
  const ended = spell?.isOpen
    ? [say(rule, 'clear', { ...sight, spell, memory, isOver: true }, at)]
    : [];
  if (!sight.motion.trip)
    return { state: state.refused === null ? initial : state, findings: ended };
  const note = tellRefusal('open', rule, year, sight.subject.institution, at);
  return { state: { ...initial, refused: year }, findings: [...ended, note] };
}

function stepFix<Params extends SpellLimits, Memory>(
  rule: VehicleRule<Params, Memory>,
  initial: State<Memory>,
  state: State<Memory>,
  sight: Omit<Sight<Params>, 'day'>,
): Step<State<Memory>> {
  if (!rule.byCalendar) return stepSight(rule, initial, state, { ...sight, day: undefined });
  const { institution } = sight.subject;
  const { date } = localTime(sight.fix.at, institution.timeZone);
  const seen = { ...sight, day: sight.around.day(date) };
  if (!seen.day) return refuse(rule, initial, state, seen, date.slice(0, 4));
  const { state: next, findings } = stepSight(rule, initial, state, seen);
  if (state.refused === null) return { state: next, findings };
  const over = tellRefusal('clear', rule, state.refused, institution, sight.fix.at);
  return { state: next, findings: [over, ...findings] };
}

/** A kind that tells of stretches in which something is so by a vehicle's cleaned motion, each an episode with a beginning and an end. */
export function vehicleKind<Params extends SpellLimits, Memory>(
  rule: VehicleRule<Params, Memory>,
): RuleKind<Params, State<Memory>> {
  const initial: State<Memory> = { memory: rule.memory, spell: null, refused: null };
  const { kind, version, title, description, severity, params } = rule;
  return {
    kind,
    version,
    title,
    description,
    severity,
    params,
    ...(rule.onlyByInstance && { onlyByInstance: true }),
    appliesTo: (subject) =>
      subject.type === 'vehicle' && (rule.appliesTo?.(subject.vehicle) ?? true),
    initial: () => initial,
    step(state, event, subject, asked, around) {
      const { motion } = around;
      if (event.type !== 'fix' || subject.type !== 'vehicle' || !motion || isClockLost(event))
        return { state, findings: noFindings };
      const sight = { fix: event, motion, subject, params: asked, around };
      return stepFix(rule, initial, state, sight);
    },
  };
}
