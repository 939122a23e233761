import { z } from 'zod';
import {
  type BreakCause,
  type CounterBreak,
  type Identity,
  newWatch,
  toObserved,
  type WatchState,
  type WatchStep,
  watchCounter,
} from '../../../energy/replacement.ts';
import type { Finding, Text } from '../../../model/alert.ts';
import type { Meter, Severity } from '../../../model/entities.ts';
import { counterOf, metrics } from '../../../model/metrics.ts';
import { hourMs } from '../../../model/time.ts';
import {
  type MeterSubject,
  noFindings,
  type RuleKind,
  type Step,
  type Surroundings,
} from '../../rule.ts';
import { limitsOf } from '../../shared/limits.ts';
import { amount } from '../../words/units.ts';

const params = z.strictObject({});
type Params = z.output<typeof params>;

interface State {
  readonly watch: WatchState;
  /** What the open episode is about. */
  readonly open: CounterBreak | null;
}

const causeWords: Readonly<Record<BreakCause, Text>> = {
  fall: {
    zh: '读数下降，既非翻转也非清零',
    en: 'the counter fell, and neither wrapped nor began anew',
  },
  'from-zero': {
    zh: '读数从零附近重新开始：清零或换表',
    en: 'the counter began anew near zero: a reset or a new meter',
  },
  jump: {
    zh: '读数上升超过回路可能的用量',
    en: 'the counter rose by more than the circuit can carry',
  },
  ratio: { zh: '互感器变比已更改', en: 'the transformer ratio was changed' },
  address: { zh: '表号已更改', en: 'the meter number was changed' },
};

/** What somebody changed on purpose worries less than what nobody has told of. */
const severityOf = ({ cause }: CounterBreak): Severity =>
  cause === 'ratio' || cause === 'address' ? 'info' : 'warning';

const identities = new WeakMap<Meter, Identity>();

/** Remembered: every reading asks, and a meter as the registry knows it does not change. */
function identityOf(meter: Meter): Identity {
  const before = identities.get(meter);
  if (before) return before;
  const { ctRatio, ptRatio, dlt645, cjt188 } = meter;
  const address = dlt645?.address ?? cjt188?.address;
  const identity = { ratio: ctRatio * ptRatio, ...(address === undefined ? {} : { address }) };
  identities.set(meter, identity);
  return identity;
}

const isRecorded = (
  { before, after }: CounterBreak,
  { meter }: MeterSubject,
  around: Surroundings,
): boolean => around.replacements(meter.id).some(({ at }) => at >= before.at && at <= after.at);

function toFinding(
  change: Finding['change'],
  found: CounterBreak,
  at: number,
  { meter }: MeterSubject,
  undone: boolean,
): Finding {
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const words = causeWords[found.cause];
  const { before, after } = found;
  const [from, to] = [amount(before.value), amount(after.value)];
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityOf(found),
    summary: {
      zh: `${meter.name}可能已换表：${from} → ${to} ${unit}，${words.zh}`,
      en: `Meter ${meter.name} may have been replaced: ${from} → ${to} ${unit}, ${words.en}`,
    },
    evidence: {
      from: before.at,
      to: after.at,
      flagged: [Math.floor(after.at / hourMs) * hourMs],
      observed: { ...toObserved(found), unit, ...(undone && { undone }) },
      expected: { leastValue: before.value },
      method: {
        zh: '计量读数只增不减（翻转除外）。新读数持续一段时间后才判定，单个错误读数不算。请确认换表（旧表止码、新表起码、时间、原因）或驳回。',
        en: 'A counter only rises, but for a wrap. The new course is believed once further readings go on from it; one wrong reading is not enough. Confirm the replacement (final and first reading, when, why) or dismiss it.',
      },
      context: { medium: meter.medium, ctRatio: meter.ctRatio, ptRatio: meter.ptRatio },
      quality: {},
    },
  };
}

function toEnd(
  open: CounterBreak,
  { undone }: WatchStep,
  at: number,
  subject: MeterSubject,
): readonly Finding[] {
  const clear = toFinding('clear', open, at, subject, false);
  return undone ? [toFinding('amend', open, at, subject, true), clear] : [clear];
}

/**
 * A counter does not go on where it stood: the proposal of a replacement, which a person confirms or dismisses. The episode stays open until then, until the
 * counter breaks again, or until it goes on as if nothing had been: then the evidence says `undone`.
 */
export const counterDrop: RuleKind<Params, State> = {
  kind: 'meter.counter-drop',
  version: 1,
  title: { zh: '读数中断，疑似换表', en: 'Counter does not go on: replaced?' },
  description: {
    zh: '读数下降、清零、突升，或变比、表号更改，须由人确认是否换表。',
    en: 'A counter fell, began anew or jumped, or the ratio or meter number changed: a person says whether the meter was replaced.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => ({ watch: newWatch, open: null }),

  step(state, event, subject, _, around): Step<State> {
    if (event.type !== 'sample' || subject.type !== 'meter') return { state, findings: noFindings };
    const metric = counterOf[subject.meter.medium];
    const value = metric === null ? undefined : event.values[metric];
    if (value === undefined) return { state, findings: noFindings };
    const { meter } = subject;
    const { at } = event;
    const step = watchCounter(state.watch, { at, value }, identityOf(meter), limitsOf(meter));
    const { open } = state;
    if (!open && !step.found) return { state: { watch: step.state, open }, findings: noFindings };
    const isOver = open && (step.found || step.undone || isRecorded(open, subject, around));
    const ended = isOver ? toEnd(open, step, at, subject) : noFindings;
    const found = step.found && !isRecorded(step.found, subject, around) ? step.found : null;
    return {
      state: { watch: step.state, open: found ?? (isOver ? null : open) },
      findings: found ? [...ended, toFinding('open', found, at, subject, false)] : ended,
    };
  },
};
