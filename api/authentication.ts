import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../model/errors.ts';
import type { Access, ApiRoom, Who } from './http.ts';

/** Who asks: a bearer token, or the console's cookie. */

export const cookieName = 'guanjia_session';

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export interface Authentication {
  /** Sets `request.who`. @throws AppError `NOT_AUTHENTICATED`, `NOT_ALLOWED` */
  admit(request: FastifyRequest, access: Access): void;
  /** The user of a session as he is now; undefined when either is gone. */
  renew(session: string, user: string): Who | undefined;
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  const match = /^bearer +([^\s]+) *$/i.exec(headers.authorization ?? '');
  return match?.[1];
}

const originOf = (url: string | undefined): string | undefined =>
  url && URL.canParse(url) ? new URL(url).origin : undefined;

/** Whether a page of ours sent it. Browsers say where a request that changes something comes from. */
function isFromUs(
  { headers, host }: FastifyRequest,
  publicUrl: string | undefined,
): boolean | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return undefined;
  const origin = originOf(headers.origin);
  if (origin === undefined || origin === 'null') return false;
  // Behind a proxy that ends TLS the scheme we see is another one; the host tells.
  const { protocol } = new URL(origin);
  return origin === originOf(`${protocol}//${host}`) || origin === originOf(publicUrl);
}

export function createAuthentication({
  services,
  options,
}: Pick<ApiRoom, 'services' | 'options'>): Authentication {
  const { registry, sessions } = services;
  const command = options.commandToken === undefined ? undefined : digest(options.commandToken);

  function whoIs(id: string, session: string): Who | undefined {
    const user = registry.get('users', id);
    if (!user) return undefined;
    const { name, role, institution } = user;
    const scope = institution === null ? undefined : registry.directory().within(institution);
    return { user: id, name, role, institution, scope, session };
  }

  function byToken(token: string): Who | undefined {
    if (command && timingSafeEqual(digest(token), command)) {
      return {
        user: 'system',
        name: 'system',
        role: 'admin',
        institution: null,
        scope: undefined,
        session: undefined,
      };
    }
    const session = sessions.find(token);
    return session && whoIs(session.user, session.id);
  }

  /** A foreign page must not act with the cookie, nor sign anybody in. */
  function checkOrigin(request: FastifyRequest, hasCookie: boolean): void {
    if (!unsafe.has(request.method)) return;
    const fromUs = isFromUs(request, options.publicUrl);
    if (fromUs === false) throw new AppError('NOT_ALLOWED', 'the request comes from another site');
    if (fromUs === undefined && hasCookie) {
      throw new AppError(
        'NOT_ALLOWED',
        'with a cookie, want Origin or Sec-Fetch-Site; programs use a bearer token',
      );
    }
  }

  return {
    admit(request, access) {
      const bearer = bearerOf(request);
      const cookie = bearer === undefined ? request.cookies[cookieName] : undefined;
      if (bearer === undefined) checkOrigin(request, cookie !== undefined && access !== 'public');
      if (access === 'public') return;
      const token = bearer ?? cookie;
      const who = token === undefined ? undefined : byToken(token);
      if (!who) throw new AppError('NOT_AUTHENTICATED', 'sign in first');
      if (access !== 'anyone' && !access.includes(who.role)) {
        throw new AppError('NOT_ALLOWED', `the role ${who.role} does not allow this`);
      }
      request.who = who;
    },
    renew: (session, user) => (sessions.lasts(session) ? whoIs(user, session) : undefined),
  };
}
