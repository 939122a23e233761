import type { Context } from '../model/context.ts';
import type { Accept } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import { backoffMs, earliestMs, nextDelayMs, pickNext } from './poll-schedule.ts';
import type { Poll, Unit } from './unit.ts';

interface BusOptions {
  /** `host:port` or the serial port, for the log. */
  readonly name: string;
  readonly accept: Accept;
  readonly context: Context;
  /** Longest time between two probes of a unit that does not answer. */
  readonly maxBackoffMs: number;
  /** Ends what is under way, and the connection. */
  close(): void;
}

/** The meters on one line, asked one at a time. */
export interface Bus {
  /** By meter id; change it, then call `changed`. */
  readonly units: Map<string, Unit>;
  changed(): void;
  reachable(): boolean;
  /** The line may be there again: it is tried at once. */
  retry(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

interface State {
  readonly units: Map<string, Unit>;
  stopped: boolean;
  /** Attempts in a row to connect that failed. */
  unreachable: number;
  /** When to try again to connect, by the clock that does not jump. */
  retryMs: number;
  wake: () => void;
}

const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
/** Timers do not hold longer times. */
const longestSleepMs = 3_600_000;

export function startBus(options: BusOptions): Bus {
  const state: State = {
    units: new Map(),
    stopped: false,
    unreachable: 0,
    retryMs: 0,
    wake: () => {},
  };
  const done = run(state, options);
  return {
    units: state.units,
    changed: () => state.wake(),
    reachable: () => state.unreachable === 0,
    retry() {
      state.retryMs = 0;
      state.wake();
    },
    async stop() {
      state.stopped = true;
      state.wake();
      options.close();
      await done;
    },
  };
}

async function run(state: State, options: BusOptions): Promise<void> {
  while (!state.stopped) {
    const nowMs = performance.now();
    const unit = nowMs >= state.retryMs ? pickNext(state.units.values(), nowMs) : undefined;
    if (unit) await turn(unit, state, options);
    else await sleep(state, Math.max(state.retryMs, earliestMs(state.units.values())) - nowMs);
  }
}

function sleep(state: State, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, longestSleepMs));
    state.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

async function turn(unit: Unit, state: State, options: BusOptions): Promise<void> {
  const { context } = options;
  const poll = await unit.asker.poll();
  if (state.stopped || state.units.get(unit.meter.id) !== unit) return;
  unit.polls++;
  context.count('polls', { protocol: unit.asker.protocol, result: poll.result });
  noteLine(poll, state, options);
  if (poll.result === 'unreachable') {
    unit.trouble = poll.why;
    return;
  }
  noteUnit(unit, poll, options);
  const waitMs =
    unit.failures > 0
      ? backoffMs(unit.failures, unit.intervalMs, options.maxBackoffMs)
      : nextDelayMs(context.now(), unit.intervalMs, unit.meter.id);
  unit.dueMs = performance.now() + waitMs;
  if (poll.bytes) await handOver(unit, poll.bytes, options);
}

/** A line that is away is no fault of its units: all wait for it together. */
function noteLine(poll: Poll, state: State, { context, name }: BusOptions): void {
  if (poll.result === 'unreachable') {
    if (state.unreachable === 0)
      context.log('warn', 'meter line unreachable', { bus: name, why: poll.why });
    state.unreachable++;
    state.retryMs = performance.now() + backoffMs(state.unreachable, firstRetryMs, maxRetryMs);
  } else if (state.unreachable > 0) {
    context.log('info', 'meter line reachable again', { bus: name });
    state.unreachable = 0;
  }
}

function noteUnit(unit: Unit, poll: Poll, { context, name }: BusOptions): void {
  const { address, protocol } = unit.asker;
  const fields = { bus: name, protocol, address, device: unit.meter.id };
  if (poll.result === 'silent') {
    if (unit.failures === 0) context.log('warn', 'meter silent', { ...fields, why: poll.why });
    unit.failures++;
  } else {
    if (unit.failures > 0) context.log('info', 'meter answers again', fields);
    else if (poll.why !== null && unit.trouble === null) {
      context.log('warn', 'meter does not answer part of what is asked', {
        ...fields,
        why: poll.why,
      });
    }
    unit.failures = 0;
    unit.known = true;
    unit.lastAnswerAt = context.now();
  }
  unit.trouble = poll.why;
}

/** What the journal does not take is lost, as a reading nobody asked for would be; the next poll comes anyway. */
async function handOver(
  { asker: { door, protocol }, meter, lastAnswerAt }: Unit,
  bytes: Uint8Array,
  { accept, context }: BusOptions,
): Promise<void> {
  context.count('received', { door });
  try {
    const receivedAt = lastAnswerAt ?? context.now();
    await accept({ door, protocol, device: meter.id, receivedAt, bytes });
  } catch (error) {
    context.count('refused', { door, reason: 'journal' });
    context.log('debug', 'poll not journalled', { device: meter.id, why: messageOf(error) });
  }
}
