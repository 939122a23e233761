import { type Guanjia, secretOf } from './guanjia.ts';
import { mosquittoPub } from './mosquitto.ts';

/** What the tests of devices ask of the running service. */

/** Well in the past: whatever stands there was sent by these tests. Unix ms. */
export const day = Date.UTC(2026, 10, 10);

export const readingsOf = (meter: string) => `v1/meters/${meter}/readings`;

export interface Reading {
  readonly at: string;
  readonly value: number;
  readonly quality: string;
  readonly timeSource: string;
}

export interface Quarantined {
  readonly device: string;
  readonly reason: string;
  readonly detail: string;
  readonly bytes: string;
}

type More = Partial<Parameters<typeof mosquittoPub>[0]>;

export function createFieldKit(guanjia: Guanjia) {
  return {
    publish: (user: string, topic: string, payload: unknown, more: More = {}) =>
      mosquittoPub({
        port: guanjia.ports.mqtt,
        user,
        secret: secretOf(user),
        topic,
        payload,
        ...more,
      }),

    /** Time and value of everything the meter could have sent within these tests. */
    async stored(meter: string, metric = 'energy_import_kwh'): Promise<[number, number][]> {
      await guanjia.settled();
      const { items } = await guanjia.get<{ items: Reading[] }>(
        `/api/v1/meters/${meter}/readings?metric=${metric}&from=${day - 86_400_000}&to=${Date.now() + 3_600_000}`,
      );
      return items.map(({ at, value }) => [Date.parse(at), value]);
    },

    async quarantined(device: string): Promise<readonly Quarantined[]> {
      await guanjia.settled();
      const path = `/api/v1/quarantine?device=${device}`;
      return (await guanjia.get<{ items: Quarantined[] }>(path)).items;
    },

    /** Sum of a counter over all labels that contain `labels`. */
    async counter(name: string, labels = ''): Promise<number> {
      const text = await (await guanjia.fetch('/metrics')).text();
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(`guanjia_${name}_total{`) && line.includes(labels));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}

/** Signs in and asks as that user. */
export async function actAs({ ports }: Guanjia, user: string, password: string) {
  const base = `http://127.0.0.1:${ports.http}`;
  const answer = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
  if (!answer.ok) throw new Error(`${user} cannot sign in: ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  /** A body is sent as JSON by POST where no method is named. */
  return async (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      // biome-ignore lint/suspicious/noExplicitAny: whatever the service answers is what the tests look at
      body: (text.startsWith('{') ? JSON.parse(text) : text) as any,
    };
  };
}
