import { startPoller } from '../../gateway/poller.ts';
import { quiet } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import type { Envelope } from '../../model/envelope.ts';
import type { Metric } from '../../model/metrics.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';

/** The gateway without a service around it. */

export const languages = { modbus: createModbus(loadProfiles()), dlt645, cjt188 };

export type Values = Readonly<Partial<Record<Metric, number>>>;

/** What a poll said of a meter at the time of receipt. */
export function valuesOf(envelope: Envelope, meters: readonly Meter[]): Values {
  const meter = meters.find(({ id }) => id === envelope.device);
  const language = Object.values(languages).find(({ name }) => name === envelope.protocol);
  if (!meter || !language) throw new Error(`nobody knows ${envelope.device}`);
  const { observations } = language.decode(
    envelope.bytes,
    { type: 'meter', meter },
    envelope.receivedAt,
  );
  const now = observations.filter(({ at }) => at === envelope.receivedAt);
  return Object.assign({}, ...now.map((one) => (one.type === 'sample' ? one.values : {})));
}

/** Polls until so many meters have come once, or all. @returns values by meter, and how the units stand */
export async function pollOnce(meters: readonly Meter[], wanted = meters.length) {
  const envelopes = new Map<string, Envelope>();
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const poller = startPoller(
    { firstPollWithinMs: 10 },
    () => meters,
    languages,
    async (envelope) => {
      envelopes.set(envelope.device, envelope);
      if (envelopes.size === wanted) resolve();
    },
    quiet,
  );
  await all;
  const status = poller.status();
  await poller.stop();
  const values = (id: string): Values => {
    const envelope = envelopes.get(id);
    if (!envelope) throw new Error(`nothing came of ${id}`);
    return valuesOf(envelope, meters);
  };
  return { values, status };
}
