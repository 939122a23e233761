import type { Patience } from './simulator.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import { type Said, toBatch, toFrames, toReport } from './terminal-speech.ts';

/** What was sent and is not answered yet. */
export interface Sent {
  readonly id: number;
  readonly frames: readonly Uint8Array[];
  /** Serials of its first and last frame. */
  readonly first: number;
  readonly last: number;
  readonly reports: readonly TerminalReport[];
  /** How often it was sent. */
  tries: number;
  /** How long the answer is waited for now, ms, and until when. */
  timeoutMs: number;
  dueAt: number;
}

/** What a terminal has to say, and what it waits to be answered. Pure: the clock is handed in. */
export interface Outbox {
  /** @param isLate there is no link: it will be said that it comes late */
  keep(report: TerminalReport, isLate: boolean): void;
  /** The next message that is to be sent; undefined where nothing waits or enough is on its way. */
  next(now: number): Sent | undefined;
  /** Something else that wants an answer. */
  send(said: Said, now: number): Sent;
  /** Frames of something that wants none. */
  frames(said: Said): readonly Uint8Array[];
  /** @returns what was answered; undefined where it was answered before, or never sent */
  answered(serial: number, id: number): Sent | undefined;
  /** Not answered in time: to be sent once more; undefined where the link is to be given up. */
  due(now: number): readonly Sent[] | undefined;
  /** The packets the platform misses. */
  packets(firstSerial: number, wanted: readonly number[]): readonly Uint8Array[];
  /** The link is gone: what was on its way is said again later. */
  broken(): void;
  /** All is lost. */
  forget(): void;
  isIdle(): boolean;
}

interface Kept {
  readonly report: TerminalReport;
  readonly isLate: boolean;
}

/** Messages that may be on their way. */
const window = 4;
/** Fewer go one by one. */
const leastBatch = 5;
const mostBatch = 60;
/** What a terminal can keep; the oldest go first. */
const memory = 20_000;

export function createOutbox(
  terminal: SimulatedTerminal,
  { timeoutMs, retries }: Patience,
  firstSerial = 0,
): Outbox {
  let kept: Kept[] = [];
  let underWay: Sent[] = [];
  let serial = firstSerial;
  const frames = (said: Said): readonly Uint8Array[] => {
    const made = toFrames(said, serial, terminal);
    serial = (serial + made.length) & 0xffff;
    return made;
  };
  const send = (said: Said, now: number, reports: readonly TerminalReport[] = []): Sent => {
    const first = serial;
    const made = frames(said);
    const last = (first + made.length - 1) & 0xffff;
    const times = { tries: 1, timeoutMs, dueAt: now + timeoutMs };
    const sent: Sent = { id: said.id, frames: made, first, last, reports, ...times };
    underWay.push(sent);
    return sent;
  };
  return {
    frames,
    send: (said, now) => send(said, now),
    keep(report, isLate) {
      kept.push({ report, isLate });
      if (kept.length > memory) kept.shift();
    },
    next(now) {
      if (kept.length === 0 || underWay.length >= window) return undefined;
      const taken = takeAlike(kept);
      const reports = taken.map(({ report }) => report);
      return send(toSaid(taken, terminal), now, reports);
    },
    answered(last, id) {
      const found = underWay.find((sent) => sent.last === last && sent.id === id);
      if (found) underWay = underWay.filter((sent) => sent !== found);
      return found;
    },
    due: (now) => repeated(underWay, retries, now),
    packets(first, wanted) {
      const found = underWay.find((sent) => sent.first === first)?.frames ?? [];
      return wanted.flatMap((index) => found[index - 1] ?? []);
    },
    broken() {
      const back = underWay.flatMap(({ reports }) => reports);
      kept = [...back, ...kept.map(({ report }) => report)].map((report) => ({
        report,
        isLate: true,
      }));
      underWay = [];
    },
    forget() {
      kept = [];
      underWay = [];
    },
    isIdle: () => kept.length === 0 && underWay.length === 0,
  };
}

/** The reports at the head of the queue that can go together. */
function takeAlike(kept: Kept[]): readonly Kept[] {
  const end = kept.findIndex(({ isLate }) => isLate !== kept[0]?.isLate);
  const alike = Math.min(end < 0 ? kept.length : end, mostBatch);
  const isBatch = kept[0]?.isLate === true || alike >= leastBatch;
  return kept.splice(0, isBatch ? alike : 1);
}

function toSaid(taken: readonly Kept[], terminal: SimulatedTerminal): Said {
  const [first] = taken;
  if (taken.length === 1 && first && !first.isLate) return toReport(first.report, terminal);
  const reports = taken.map(({ report }) => report);
  return toBatch(reports, first?.isLate === true, terminal);
}

/** JT/T 808: T(N+1) = T(N) × (N+1). */
function repeated(
  underWay: readonly Sent[],
  retries: number,
  now: number,
): readonly Sent[] | undefined {
  const late = underWay.filter(({ dueAt }) => dueAt <= now);
  if (late.some(({ tries }) => tries > retries)) return undefined;
  for (const sent of late) {
    sent.tries += 1;
    sent.timeoutMs *= sent.tries;
    sent.dueAt = now + sent.timeoutMs;
  }
  return late;
}
