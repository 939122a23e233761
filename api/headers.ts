import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiOptions } from './http.ts';

/** Headers that tell a browser what our pages may do. */

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

const originOf = (url: string | undefined): string => {
  if (!url) return '';
  // Templates such as {z}/{x}/{y} are no part of the origin.
  const match = /^https?:\/\/[^/{}]+/i.exec(url);
  return match ? ` ${match[0]}` : '';
};

/** Map and charts set styles on elements and draw in workers; scripts come from here alone. */
const policyOf = (tiles: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob:${tiles}`,
    "font-src 'self' data:",
    `connect-src 'self'${tiles}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

export function createHeaders({ mapTiles }: ApiOptions) {
  const policy = policyOf(originOf(mapTiles));
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    reply.headers(always).header('content-security-policy', policy);
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    if (request.url.startsWith('/api/v1/')) reply.header('cache-control', 'no-store');
    done();
  };
}
