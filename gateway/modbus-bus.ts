import type { Context } from '../model/context.ts';
import type { Accept } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import type { PolledProtocol } from '../protocols/protocol.ts';
import type { ModbusLink } from './modbus-link.ts';
import { type Poll, pollUnit, type Unit } from './modbus-unit.ts';
import { backoffMs, earliestMs, nextDelayMs, pickNext } from './poll-schedule.ts';

interface BusOptions {
  /** `host:port`, for the log. */
  readonly name: string;
  readonly link: ModbusLink;
  readonly protocol: PolledProtocol;
  readonly accept: Accept;
  readonly context: Context;
  /** Longest time between two probes of a unit that does not answer. */
  readonly maxBackoffMs: number;
}

/** The slaves behind one host and port, asked one at a time. */
export interface Bus {
  /** By meter id; change it, then call `changed`. */
  readonly units: Map<string, Unit>;
  changed(): void;
  reachable(): boolean;
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
    async stop() {
      state.stopped = true;
      state.wake();
      options.link.close();
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
  const { context, link, protocol } = options;
  const poll = await pollUnit(unit, link, protocol);
  if (state.stopped || state.units.get(unit.meter.id) !== unit) return;
  unit.polls++;
  context.count('modbus_polls', { result: poll.result });
  noteLink(poll, state, options);
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
  if (poll.answers.length > 0) await handOver(unit, poll, options);
}

/** A host that is away is no fault of its units: all wait for it together. */
function noteLink(poll: Poll, state: State, { context, name }: BusOptions): void {
  if (poll.result === 'unreachable') {
    if (state.unreachable === 0)
      context.log('warn', 'Modbus host unreachable', { bus: name, why: poll.why });
    state.unreachable++;
    state.retryMs = performance.now() + backoffMs(state.unreachable, firstRetryMs, maxRetryMs);
  } else if (state.unreachable > 0) {
    context.log('info', 'Modbus host reachable again', { bus: name });
    state.unreachable = 0;
  }
}

function noteUnit(unit: Unit, poll: Poll, { context, name }: BusOptions): void {
  const fields = { bus: name, unit: unit.address, device: unit.meter.id };
  if (poll.result === 'silent') {
    if (unit.failures === 0)
      context.log('warn', 'Modbus slave silent', { ...fields, why: poll.why });
    unit.failures++;
  } else {
    if (unit.failures > 0) context.log('info', 'Modbus slave answers again', fields);
    else if (poll.why !== null && unit.trouble === null) {
      context.log('warn', 'Modbus slave refuses part of what is asked', {
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
  unit: Unit,
  poll: Poll,
  { accept, context, protocol }: BusOptions,
): Promise<void> {
  context.count('received', { door: 'modbus' });
  try {
    await accept({
      door: 'modbus',
      protocol: 'modbus',
      device: unit.meter.id,
      receivedAt: unit.lastAnswerAt ?? context.now(),
      bytes: protocol.encode(poll.answers),
    });
  } catch (error) {
    context.count('refused', { door: 'modbus', reason: 'journal' });
    context.log('debug', 'poll not journalled', { device: unit.meter.id, why: messageOf(error) });
  }
}
