import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../model/errors.ts';
import { answers } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';

const archive = {
  description: 'tar, compressed with Zstandard; whole only if the answer ends as HTTP wants it',
  content: { 'application/zstd': { schema: z.string() } },
};

/** Everything the service keeps, for commands on this machine only: with the server key in it, it is worth every secret. */
export function backupRoutes(api: Api, { services: { backup } }: ApiRoom): void {
  if (!backup) return;
  api.post(
    '/backup',
    {
      config: { access: ['admin'] },
      // Databases are copied before the first byte goes out.
      handlerTimeout: 300_000,
      schema: {
        tags: ['service'],
        summary: 'Everything the service keeps, as one archive; commands only',
        response: answers({ 200: archive }),
      },
    },
    async ({ who }, reply) => {
      if (who.session !== undefined)
        throw new AppError('NOT_ALLOWED', 'use npm run guanjia -- backup');
      const { stream, bytes } = await backup();
      // Who waited too long has had his answer.
      if (reply.sent || reply.raw.headersSent) {
        stream.destroy();
        return;
      }
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': 'application/zstd',
        'cache-control': 'no-store',
        'x-guanjia-bytes': String(bytes),
      });
      // Who hears of a stream that broke off is the one at the other end.
      await pipeline(stream, reply.raw).catch(() => {});
    },
  );
}
