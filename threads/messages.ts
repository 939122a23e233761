import type { MessagePort } from 'node:worker_threads';
import { AppError, type ErrorCode, isAppError, messageOf } from '../model/errors.ts';

/** Calls across threads: `remote` on one side asks what `serve` offers on the other. Arguments and results are structured clones. */

type Method = (...args: readonly unknown[]) => unknown;
type Offer = Readonly<Record<string, object>>;

/** What an offer looks like from another thread: every method asynchronous. */
export type Remote<T> = {
  readonly [Room in keyof T]: {
    readonly [Name in keyof T[Room]]: T[Room][Name] extends (...args: infer A) => infer R
      ? (...args: A) => Promise<Awaited<R>>
      : never;
  };
};

interface Call {
  readonly id: number;
  readonly room: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryable: boolean;
  };
}

type Port = Pick<MessagePort, 'postMessage' | 'on'>;

/** Answers calls that come through the port until it closes. */
export function serve(port: Port, offer: Offer): void {
  port.on('message', async (call: Call) => {
    try {
      const room = offer[call.room] as Record<string, Method | undefined> | undefined;
      const method = room?.[call.name];
      if (!method) throw new Error(`${call.room}.${call.name} is not offered`);
      const value = await method(...call.args);
      port.postMessage({ id: call.id, value } satisfies Answer);
    } catch (error) {
      const { code, retryable } = isAppError(error)
        ? error
        : { code: 'INTERNAL' as const, retryable: false };
      port.postMessage({ id: call.id, error: { code, retryable, message: messageOf(error) } });
    }
  });
}

/** Asks the other side; errors come back with their code. */
export function remote<T>(port: Port): Remote<T> {
  let next = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  port.on('message', ({ id, value, error }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error)
      asked?.reject(new AppError(error.code, error.message, { retryable: error.retryable }));
    else asked?.resolve(value);
  });
  const call = (room: string, name: string, args: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      port.postMessage({ id, room, name, args } satisfies Call);
    });
  const methods = (room: string) =>
    new Proxy(
      {},
      {
        get:
          (_, name) =>
          (...args: readonly unknown[]) =>
            call(room, String(name), args),
      },
    );
  return new Proxy({}, { get: (_, room) => methods(String(room)) }) as Remote<T>;
}
