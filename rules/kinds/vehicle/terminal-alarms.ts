import { z } from 'zod';
import type { Finding } from '../../../model/alert.ts';
import type { Fix } from '../../../model/observation.ts';
import {
  noFindings,
  type RuleKind,
  type RuleSubject,
  type Step,
  type Surroundings,
} from '../../rule.ts';
import {
  type Ended,
  endedAt,
  type Hold,
  type HoldLimits,
  isElsewhere,
  placeIn,
  tellNow,
  withCalm,
  withReport,
} from '../../shared/hold.ts';
import { type TerminalAlarm, terminalAlarmTable } from '../../shared/terminal-alarm-table.ts';
import { explainTerminalAlarm } from '../../words/terminal-alarm.ts';

const paramsOf = ({ minS }: TerminalAlarm) =>
  z.strictObject({
    minS: z.number().min(0).max(86_400).default(minS),
    clearFixes: z.int().min(1).max(100).default(2),
    clearS: z.number().min(0).max(86_400).default(60),
  });

interface State {
  readonly hold: Hold | null;
}

/** Always the same object: of a vehicle without alarms nothing needs to be kept. */
const idle: State = { hold: null };
const nothing: Step<State> = { state: idle, findings: noFindings };

type Tell = (change: Finding['change'], hold: Hold, at: number) => Finding;

/** One more report without the alarm. */
function stepCalm({ hold }: State, at: number, params: HoldLimits, tell: Tell): Step<State> {
  if (hold === null) return nothing;
  const calm = withCalm(hold, at, params);
  if (!calm.isOver) return { state: { hold: calm.hold }, findings: noFindings };
  return { state: idle, findings: endOf(calm.hold, tell) };
}

const endOf = (hold: Ended, tell: Tell): readonly Finding[] =>
  hold.isOpen ? [tell('amend', hold, hold.calmSince), tell('clear', hold, hold.calmSince)] : [];

/** One more report with the alarm. */
function stepHeld(
  { hold }: State,
  fix: Fix,
  bits: number,
  place: number | undefined,
  params: HoldLimits,
  tell: Tell,
): Step<State> {
  const isAnother = isElsewhere(hold, place);
  const ended = hold && isAnother ? endOf(endedAt(hold, fix.at), tell) : [];
  const told = tellNow(withReport(isAnother ? null : hold, fix, bits, place), params);
  const findings = told.change ? [...ended, tell(told.change, told.hold, fix.at)] : ended;
  return { state: { hold: told.hold }, findings };
}

function toKind(alarm: TerminalAlarm): RuleKind<HoldLimits, State> {
  const mask = alarm.bits.reduce((bits, bit) => bits | (1 << bit), 0);

  function stepFix(
    state: State,
    fix: Fix,
    subject: Extract<RuleSubject, { type: 'vehicle' }>,
    params: HoldLimits,
    around: Surroundings,
  ): Step<State> {
    // Nothing is said by a fix of another protocol.
    if (fix.alarms === undefined) return { state, findings: noFindings };
    const bits = fix.alarms & mask;
    const isOpen = state.hold?.isOpen === true;
    const isIgnored = alarm.ignitionOnly === true && fix.acc === false && !isOpen;
    if (bits === 0 && state.hold === null) return nothing;
    if (isIgnored) return nothing;
    const { vehicle, institution } = subject;
    const tell: Tell = (change, hold, at) =>
      explainTerminalAlarm({ change, hold, at, alarm, vehicle, institution, params, around });
    if (bits === 0) return stepCalm(state, fix.at, params, tell);
    return stepHeld(state, fix, bits, placeIn(fix, alarm.about), params, tell);
  }

  return {
    kind: `vehicle.terminal-${alarm.name}`,
    version: 1,
    title: alarm.title,
    description: alarm.description,
    severity: alarm.severity,
    params: paramsOf(alarm),
    appliesTo: (subject) => subject.type === 'vehicle' && subject.vehicle.jt808 !== undefined,
    initial: () => idle,
    step: (state, event, subject, params, around) =>
      event.type === 'fix' && subject.type === 'vehicle'
        ? stepFix(state, event, subject, params, around)
        : { state, findings: noFindings },
  };
}

/**
 * What vehicle terminals hold to be an alarm, a kind each: the bit is repeated in every report until its cause has ended, or the platform has
 * answered, and becomes one episode with a start and an end.
 */
export const terminalAlarms: readonly RuleKind<HoldLimits, State>[] =
  terminalAlarmTable.map(toKind);
