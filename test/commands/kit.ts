import { type CommandBook, openCommandBook } from '../../commands/book.ts';
import type {
  Command,
  CommandKind,
  TerminalFacts,
  TerminalReply,
  TerminalWay,
} from '../../commands/commands.ts';
import { createCommandDesk } from '../../commands/desk.ts';
import { startDispatch } from '../../commands/dispatch.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { AppError } from '../../model/errors.ts';

export const start = Date.UTC(2026, 10, 23);

/** A general reply of the terminal. */
export const done = (result = 0): TerminalReply => ({
  id: 0x0001,
  body: Uint8Array.of(0, 0, 0, 0, result),
  result,
  at: start,
});

export interface Sent {
  readonly vehicle: string;
  readonly id: number;
  readonly hex: string;
}

/** Lets everything that is due happen. */
export const turns = async (): Promise<void> => {
  for (let n = 0; n < 10; n++) await new Promise(setImmediate);
};

/** A book, and terminals that answer what a test wants. */
export function openDesk(book: CommandBook = openCommandBook(':memory:')) {
  const clock = { at: start };
  const online = new Map<string, 2013 | 2019>();
  const sent: Sent[] = [];
  /** Users who may nothing any more. */
  const gone = new Set<string>();
  const terminals = new Map<string, TerminalFacts>([
    ['v1', { edition: undefined, utcOffsetMinutes: 480, datum: 'wgs84' }],
    ['v2', { edition: undefined, utcOffsetMinutes: 480, datum: 'wgs84' }],
  ]);
  const terminalOf = (vehicle: string) => terminals.get(vehicle);
  const world = {
    book,
    clock,
    online,
    sent,
    gone,
    terminals,
    log: [] as string[],
    /** What comes of the next message. */
    answer: (async () => done()) as () => Promise<TerminalReply>,
    fail: (code: ErrorCode) => async () => Promise.reject(new AppError(code, 'planted')),
    stop: () => dispatch.stop(),
    look: async () => {
      dispatch.look();
      await turns();
    },
    ask: (kind: CommandKind, params: unknown = {}, more: { expiresInS?: number } = {}) =>
      desk.request({ vehicle: 'v1', kind, params, by: 'fleet', ...more }),
    state: ({ id }: Command) => book.get(id)?.state,
  };
  const way: TerminalWay = {
    links: async (vehicles) =>
      vehicles.flatMap((vehicle) => {
        const layout = online.get(vehicle);
        return layout ? [{ vehicle, layout }] : [];
      }),
    async send(vehicle, id, body) {
      sent.push({ vehicle, id, hex: Buffer.from(body).toString('hex') });
      return world.answer();
    },
  };
  const context = {
    now: () => clock.at,
    log: (_: string, message: string) => void world.log.push(message),
    count() {},
  };
  const isAllowed = ({ by }: Command) => !gone.has(by);
  const dispatch = startDispatch({ book, way, terminalOf, isAllowed }, context);
  const desk = createCommandDesk({
    book,
    terminalOf,
    institutionOf: (vehicle) => vehicle.split('@')[1],
    silenceS: 180,
    now: context.now,
    asked: dispatch.look,
  });
  return {
    ...world,
    desk,
    answerWith: (next: () => Promise<TerminalReply>) => (world.answer = next),
  };
}
