import { z } from 'zod';
import type { Api, ApiRoom } from '../http.ts';

/** For those who look after the service. Without names of devices or people, so nobody need be signed in. */

const config = { access: 'public' } as const;
const tags = ['health'];
const readinessShape = z.object({
  ready: z.boolean(),
  checks: z
    .array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        detail: z.string(),
        door: z
          .object({ heardSAgo: z.int().nullable(), devices: z.int(), silentMostS: z.number() })
          .exactOptional(),
      }),
    )
    .readonly(),
});

const text = {
  description: 'Text format 0.0.4',
  content: { 'text/plain': { schema: z.string() } },
};

export function healthRoutes(api: Api, { services }: ApiRoom): void {
  api.get(
    '/healthz',
    {
      config,
      schema: {
        tags,
        summary: 'Alive',
        security: [],
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  api.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        summary: 'Whether everything works, and what does not',
        security: [],
        response: { 200: readinessShape, 503: readinessShape },
      },
    },
    async (_, reply) => {
      const readiness = await services.readiness();
      return reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
  );

  api.get(
    '/metrics',
    {
      config,
      schema: { tags, summary: 'Counters for Prometheus', security: [], response: { 200: text } },
    },
    async (_, reply) => {
      const metrics = await services.metrics();
      return reply
        .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
        .serializer((body: unknown) => String(body))
        .send(metrics);
    },
  );
}
