import type { Context } from '../model/context.ts';
import { isAppError, messageOf } from '../model/errors.ts';
import { dayMs, secondMs } from '../model/time.ts';
import type { Edition } from '../protocols/jt808/edition.ts';
import type { CommandBook } from './book.ts';
import type {
  Command,
  TerminalFacts,
  TerminalLink,
  TerminalReply,
  TerminalWay,
  Trouble,
} from './commands.ts';
import { kindOf, type Outgoing, type Spoken } from './kinds.ts';
import { after, type Happening, isOpen } from './lifecycle.ts';

/** How often it is looked whether a terminal has come for which something waits. */
const lookEveryMs = secondMs;
/** Terminals that are spoken with at once. */
const busyMost = 256;
const keepMs = 90 * dayMs;

export interface DispatchParts {
  readonly book: CommandBook;
  readonly way: TerminalWay;
  terminalOf(vehicle: string): TerminalFacts | undefined;
  /** Whether who asked for it still may when it is sent, which may be days later. */
  isAllowed(command: Command): boolean;
}

export interface Dispatch {
  /** Something new waits. */
  look(): void;
  /** Nothing is sent or written any more; what is under way counts as interrupted at the next start. */
  stop(): void;
}

/** Results of a general reply other than done. JT/T 808-2013 8.1. */
const refusals: Readonly<Record<number, Trouble>> = {
  1: 'failed',
  2: 'malformed',
  3: 'unsupported',
};
/** Nothing was sent. */
const unsent: ReadonlySet<string> = new Set(['DEVICE_OFFLINE', 'SERVICE_BUSY']);

const isOnce = ({ kind }: Command): boolean => kindOf(kind).isOnce ?? false;

/** What an answer makes of a command. */
function heard(command: Command, reply: TerminalReply, terminal: Spoken): Happening {
  const { at, result = 0 } = reply;
  if (result !== 0) return { what: 'refused', at, trouble: refusals[result] ?? 'failed' };
  try {
    return { what: 'answered', at, answer: kindOf(command.kind).read?.(reply, terminal) ?? {} };
  } catch (error) {
    return { what: 'failed', at, trouble: 'unreadable', detail: messageOf(error) };
  }
}

/** A header of 2019 says its edition; an older one leaves it to what is known. */
const editionOf = ({ edition }: TerminalFacts, { layout }: TerminalLink): Edition =>
  edition ?? layout;

interface Sender {
  /** @returns the command after that; undefined where it cannot happen to it, or nothing is kept any more */
  record(command: Command, happened: Happening): Command | undefined;
  /** @returns whether the terminal can be sent more */
  perform(command: Command, link: TerminalLink): Promise<boolean>;
  stop(): void;
}

/** What must not be done twice is on disk as sent before it is sent. */
function createSender(
  { book, way, terminalOf, isAllowed }: DispatchParts,
  { now, count }: Pick<Context, 'now' | 'count'>,
): Sender {
  let stopped = false;

  function record(command: Command, happened: Happening): Command | undefined {
    const next = stopped ? undefined : after(command, happened, isOnce(command));
    if (!next) return undefined;
    book.put(next);
    if (!isOpen(next)) count('commands', { kind: next.kind, state: next.state });
    return next;
  }

  async function send(
    command: Command,
    { id, body }: Outgoing,
    spoken: Spoken,
  ): Promise<Happening> {
    try {
      return heard(command, await way.send(command.vehicle, id, body), spoken);
    } catch (error) {
      const at = now();
      if (isAppError(error) && unsent.has(error.code)) return { what: 'not-sent', at };
      return { what: 'lost', at, trouble: 'unanswered' };
    }
  }

  return {
    record,
    async perform(command, link) {
      const terminal = terminalOf(link.vehicle);
      if (!terminal) return false;
      if (!isAllowed(command)) {
        const happened = { what: 'cancelled', at: now(), trouble: 'not-allowed' } as const;
        return record(command, happened) !== undefined;
      }
      const spoken = { ...terminal, edition: editionOf(terminal, link) };
      let message: Outgoing;
      try {
        message = kindOf(command.kind).write(command.params, spoken.edition);
      } catch (error) {
        const detail = messageOf(error);
        const happened = { what: 'failed', at: now(), trouble: 'impossible', detail } as const;
        return record(command, happened) !== undefined;
      }
      const sent = record(command, { what: 'sent', at: now() });
      if (!sent) return false;
      const happened = await send(sent, message, spoken);
      return record(sent, happened) !== undefined && happened.what !== 'not-sent';
    },
    stop() {
      stopped = true;
    },
  };
}

/** Sends what waits when its terminal is there, to each terminal one after the other, and keeps what it answers. */
export function startDispatch(
  parts: DispatchParts,
  context: Pick<Context, 'now' | 'log' | 'count'>,
): Dispatch {
  const { now, log } = context;
  const { book, way } = parts;
  const { record, perform, stop } = createSender(parts, context);
  const busy = new Set<string>();
  let isLooking = false;
  let looksAgain = false;
  let isOver = false;
  let forgetAt = 0;
  const trouble = (error: unknown) => {
    if (!isOver) log('error', 'commands to terminals are stuck', { error: messageOf(error) });
  };

  async function serve(link: TerminalLink): Promise<void> {
    let goesOn = true;
    while (goesOn && !isOver) {
      const command = book.nextFor(link.vehicle);
      goesOn = command !== undefined && command.expiresAt > now() && (await perform(command, link));
    }
  }

  function keepBook(at: number): void {
    for (const command of book.underWay()) {
      // Sent before the service ended, or what came of it could not be written.
      const isForgotten = !busy.has(command.vehicle);
      if (isForgotten) record(command, { what: 'lost', at, trouble: 'interrupted' });
    }
    for (const command of book.late(at)) record(command, { what: 'late', at });
    if (at < forgetAt) return;
    forgetAt = at + dayMs;
    book.forget(at - keepMs);
  }

  async function lookOnce(): Promise<void> {
    keepBook(now());
    const idle = book.waiting().filter((vehicle) => !busy.has(vehicle));
    if (idle.length === 0) return;
    for (const link of (await way.links(idle)).slice(0, busyMost - busy.size)) {
      busy.add(link.vehicle);
      void serve(link)
        .catch(trouble)
        .finally(() => busy.delete(link.vehicle));
    }
  }

  function look(): void {
    looksAgain = isLooking;
    if (isLooking || isOver) return;
    isLooking = true;
    lookOnce()
      .catch(trouble)
      .finally(() => {
        isLooking = false;
        if (looksAgain) look();
      });
  }

  look();
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    look,
    stop() {
      isOver = true;
      stop();
      clearInterval(timer);
    },
  };
}
