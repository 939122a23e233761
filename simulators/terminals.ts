import { AppError } from '../model/errors.ts';
import type { DeviceLink } from './mqtt.ts';
import type { TerminalReport } from './terminal.ts';
import { tick } from './terminal-clock.ts';
import {
  createTalk,
  hangUp,
  say,
  type Talk,
  type TerminalUnit,
  type TerminalWorld,
} from './terminal-link.ts';

/** Terminals of many vehicles, each with its own connection; one clock for all of them. */
export interface TerminalCrowd {
  /**
   * Resolves when the terminal has been let in.
   * @throws AppError `DEVICE_REFUSED`, `PORT_UNAVAILABLE`; the signal's reason
   */
  connect(unit: TerminalUnit): Promise<DeviceLink>;
  /** Of these are let in now. */
  online(): number;
  stop(): void;
}

const tickMs = 200;
/** How long a platform may be away at the start. */
const patienceMs = 15_000;

export function createTerminals(world: TerminalWorld): TerminalCrowd {
  const talks = new Set<Talk>();
  const timer = setInterval(() => {
    const now = world.now();
    for (const talk of talks) tick(talk, now);
  }, tickMs);
  return {
    async connect(unit) {
      const talk = createTalk(unit, world);
      talks.add(talk);
      tick(talk, world.now());
      try {
        await arrived(talk, world);
      } catch (error) {
        talks.delete(talk);
        hangUp(talk, 'closed');
        throw error;
      }
      return toLink(talk, () => talks.delete(talk));
    },
    online: () => [...talks].filter(({ phase }) => phase === 'up').length,
    stop: () => clearInterval(timer),
  };
}

/** Resolves when it is let in. */
function arrived(talk: Talk, { host, port, now, signal }: TerminalWorld): Promise<void> {
  const startedAt = now();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  talk.onChange = () => {
    if (talk.phase === 'up') resolve();
    else if (talk.refusal) reject(talk.refusal);
    else if (now() - startedAt > patienceMs) {
      const message = `there is no JT/T 808 platform at ${host}:${port}`;
      reject(new AppError('PORT_UNAVAILABLE', message));
    }
  };
  return promise.finally(() => {
    talk.onChange = () => {};
    signal?.removeEventListener('abort', abort);
  });
}

function toLink(talk: Talk, onClosed: () => void): DeviceLink {
  const { outbox } = talk;
  const waiting: { resolve(): void; reject(error: Error): void }[] = [];
  talk.onChange = () => {
    const isClosed = talk.phase === 'closed';
    if (waiting.length === 0 || !(isClosed || outbox.isIdle())) return;
    for (const { resolve, reject } of waiting.splice(0))
      if (isClosed) reject(new Error('the link is closed'));
      else resolve();
  };
  return {
    // What a terminal is given to say is a report: devices are made so.
    push: (_, reading) => say(talk, reading as TerminalReport),
    isIdle: outbox.isIdle,
    drained: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        talk.onChange();
      }),
    powerOff() {
      hangUp(talk, 'off');
      outbox.forget();
    },
    powerOn() {
      talk.phase = 'down';
      talk.dueAt = 0;
    },
    async close() {
      onClosed();
      talk.socket?.end();
      hangUp(talk, 'closed');
    },
  };
}
