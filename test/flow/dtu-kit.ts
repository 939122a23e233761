import { afterEach, expect, vi } from 'vitest';
import type { DialIns } from '../../gateway/dial-in.ts';
import { type PollerSettings, startPoller } from '../../gateway/poller.ts';
import { type Context, quiet } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import type { Envelope } from '../../model/envelope.ts';
import { type Dtu, type DtuOptions, type LineMeter, startDtu } from '../../simulators/dtu.ts';
import { languages, type Values, valuesOf } from './poll-kit.ts';

/** The gateway and DTUs with lines of meters, ended after each test of the file that imports this. */

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Waits for what must come, however slow the machine. */
export const until = (happened: () => boolean, timeout = 15_000) =>
  vi.waitFor(() => expect(happened()).toBe(true), { timeout, interval: 10 });

export async function dtuOf(
  meters: readonly LineMeter[],
  more: Partial<DtuOptions> = {},
): Promise<Dtu> {
  const dtu = await startDtu({ host: '127.0.0.1', port: 0, ...more }, meters);
  closing.push(() => dtu.stop());
  return dtu;
}

export function poll(
  meters: readonly Meter[],
  settings: PollerSettings = {},
  dialIns?: DialIns,
  context: Context = quiet,
) {
  const envelopes: Envelope[] = [];
  const poller = startPoller(
    { dtuTimeoutMs: 500, connectTimeoutMs: 500, firstPollWithinMs: 50, ...settings },
    () => meters,
    languages,
    async (envelope) => {
      envelopes.push(envelope);
    },
    context,
    dialIns,
  );
  closing.push(() => poller.stop());
  const of = (id: string) => envelopes.filter(({ device }) => device === id);
  const last = (id: string): Values | undefined => {
    const envelope = of(id).at(-1);
    return envelope && valuesOf(envelope, meters);
  };
  const unit = (id: string) =>
    poller
      .status()
      .flatMap(({ units }) => units)
      .find(({ meter }) => meter === id);
  return { poller, envelopes, of, last, unit };
}

export const e1 = '202107072529';
export const e2 = '910004920760';
export const w1 = '33010000002031';
export const at = ({ port }: { readonly port: number }) => ({ host: '127.0.0.1', port });
