import { z } from 'zod';
import type { Finding } from '../../../model/alert.ts';
import type { Severity } from '../../../model/entities.ts';
import { noFindings, type RuleKind, type RuleSubject, type Step } from '../../rule.ts';
import { duration } from '../../words/units.ts';

const params = z.strictObject({
  factor: z.number().min(1).max(1000).default(3),
  floorS: z.number().min(10).max(86_400).default(300),
  parkedS: z.number().min(0).max(2_592_000).default(93_600),
});

type Params = z.output<typeof params>;

interface State {
  /** Our clock when anything came last; null before that. */
  readonly heardAt: number | null;
  /** Device clock of the newest thing that came. */
  readonly newestAt: number;
  /** A vehicle that said last that its ignition is off. */
  readonly parked: boolean;
  /** Our clock when silence was found; null while there is none. */
  readonly silentAt: number | null;
}

const everySOf = (subject: RuleSubject): number | undefined =>
  subject.type === 'meter' ? subject.meter.everyS : subject.vehicle.everyS;

/** Silence that is allowed, in seconds; infinite where none is too long. */
function allowedS({ parked }: State, subject: RuleSubject, params: Params): number {
  if (parked) return params.parkedS === 0 ? Number.POSITIVE_INFINITY : params.parkedS;
  return Math.max(params.floorS, params.factor * (everySOf(subject) ?? 0));
}

/** A main meter or a vehicle under way is missed more than a sub-meter or a parked vehicle. */
function severityOf({ parked }: State, subject: RuleSubject): Severity {
  const isMinor = subject.type === 'meter' ? subject.meter.parent !== undefined : parked;
  return isMinor ? 'info' : 'warning';
}

function toFinding(
  change: Finding['change'],
  state: State,
  now: number,
  subject: RuleSubject,
  params: Params,
): Finding {
  const from = state.heardAt ?? now;
  const silentFor = duration(now - from);
  const everyS = everySOf(subject) ?? 0;
  const { id, name, what } =
    subject.type === 'meter'
      ? { id: subject.meter.id, name: subject.meter.name, what: 'Meter' }
      : { id: subject.vehicle.id, name: subject.vehicle.plate, what: 'Vehicle' };
  const thresholdS = allowedS(state, subject, params);
  const allowed = duration(thresholdS * 1000);
  return {
    change,
    subject: { type: subject.type, id },
    at: now,
    severity: severityOf(state, subject),
    summary: {
      zh: `${name}已 ${silentFor.zh}没有数据（应每 ${everyS} 秒一次）`,
      en: `${what} ${name} silent for ${silentFor.en} (expected every ${everyS} s)`,
    },
    evidence: {
      from,
      to: now,
      flagged: [],
      observed: {
        heardAt: from,
        newestAt: state.newestAt,
        silentS: Math.round((now - from) / 1000),
      },
      expected: { everyS, silentS: thresholdS },
      method: {
        zh: `按接收时间计：超过 ${allowed.zh}没有收到任何数据即为静默（上报间隔的 ${params.factor} 倍，且不少于 ${params.floorS} 秒；熄火停放的车辆另计）。`,
        en: `By time of receipt: nothing received for more than ${allowed.en} is silence (${params.factor} times the reporting interval, at least ${params.floorS} s; parked vehicles have their own limit).`,
      },
      context: { parked: state.parked },
      quality: {},
    },
  };
}

/** Nothing was heard of a meter or vehicle for longer than its reporting interval explains. One that was never heard is not missed. */
export const deviceSilent: RuleKind<Params, State> = {
  kind: 'device.silent',
  version: 1,
  title: { zh: '设备静默', en: 'Device silent' },
  description: {
    zh: '表计或车载终端超过上报间隔的若干倍没有任何数据。',
    en: 'Nothing has come from a meter or vehicle terminal for several reporting intervals.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => everySOf(subject) !== undefined,
  initial: () => ({ heardAt: null, newestAt: 0, parked: false, silentAt: null }),

  step(state, event, subject, params) {
    const parked =
      event.type === 'fix' ? (event.acc === undefined ? state.parked : !event.acc) : false;
    const heard: State = {
      heardAt: Math.max(state.heardAt ?? 0, event.receivedAt),
      newestAt: Math.max(state.newestAt, event.at),
      parked: event.at >= state.newestAt ? parked : state.parked,
      silentAt: null,
    };
    if (state.silentAt === null) return { state: heard, findings: noFindings };
    const now = Math.max(state.silentAt, event.receivedAt);
    const findings = (['amend', 'clear'] as const).map((change) =>
      toFinding(change, state, now, subject, params),
    );
    return { state: heard, findings };
  },

  tick(state, now, subject, params, around): Step<State> {
    if (state.silentAt !== null || state.heardAt === null) return { state, findings: noFindings };
    const since = Math.max(state.heardAt, around.listeningSince ?? 0);
    if (now - since <= allowedS(state, subject, params) * 1000)
      return { state, findings: noFindings };
    const silent = { ...state, silentAt: now };
    return { state: silent, findings: [toFinding('open', state, now, subject, params)] };
  },
};
