import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../model/errors.ts';
import { isoInZone, minuteMs, secondMs } from '../../model/time.ts';
import { cookieName } from '../authentication.ts';
import { invitationShape, type Me, meShape, type Session, sessionShape } from '../contract.ts';
import { answers, idParams, noContent } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { createFailureLimit } from '../rate-limit.ts';
import { passwordBody, redeemBody, signInBody } from '../request-shapes.ts';
import { commandsOf, writesOf } from '../roles.ts';
import { seen, zoneOf } from '../scope.ts';

/** Signing in and out, passwords and links that set one. */

const bodyLimit = 8 * 1024;
const tags = ['session'];
const open = { access: 'public' } as const;
const signedIn = { access: 'anyone' } as const;

/** Passwords that may wait to be judged. Each takes some 50 ms of a processor, whoever sent it. */
const judgingMost = 20;

/** A person mistypes, a program guesses, many programs guess from everywhere. */
function createGuard(now: () => number) {
  const limits = [
    {
      keyOf: (user: string, address: string) => `${user}\n${address}`,
      limit: createFailureLimit(5, minuteMs, now),
    },
    {
      keyOf: (_: string, address: string) => address,
      limit: createFailureLimit(100, 15 * minuteMs, now),
    },
    { keyOf: (user: string) => user, limit: createFailureLimit(100, 15 * minuteMs, now) },
  ];

  return {
    /**
     * Counts a try as failed before it is judged, so that guesses sent all at once do not get past the limit.
     *
     * @returns what takes it back
     * @throws AppError `RATE_LIMITED`
     */
    enter(user: string, address: string): () => void {
      const keys = limits.map(({ keyOf, limit }) => ({ limit, key: keyOf(user, address) }));
      const waitMs = Math.max(...keys.map(({ limit, key }) => limit.waitMs(key)));
      if (waitMs > 0) {
        const retryAfterS = Math.ceil(waitMs / secondMs);
        throw new AppError('RATE_LIMITED', `too many failures; try again in ${retryAfterS} s`, {
          cause: { retryAfterS },
        });
      }
      for (const { limit, key } of keys) limit.failed(key);
      return () => {
        for (const { limit, key } of keys) limit.passed(key);
      };
    },
  };
}

/** What signing in takes, whichever way. */
function createDesk({ services: { registry, sessions }, context }: ApiRoom) {
  const guard = createGuard(context.now);
  let judging = 0;

  function meOf({ user, name, role, institution }: Omit<Who, 'scope' | 'session'>): Me {
    const timeZone = zoneOf(registry.directory(), institution);
    const [writes, commands] = [writesOf(role), commandsOf(role)];
    return { id: user, name, role, institution, timeZone, writes, commands };
  }

  return {
    guard,
    meOf,

    begin(
      request: FastifyRequest,
      reply: FastifyReply,
      { id, name, role, institution }: NonNullable<ReturnType<typeof registry.get<'users'>>>,
    ): Session {
      const { token, expiresAt } = sessions.start(id);
      reply.setCookie(cookieName, token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: Math.floor((expiresAt - context.now()) / secondMs),
      });
      const detail = { address: request.ip };
      registry.note({ user: id, action: 'sign-in', kind: 'users', id, detail });
      const me = meOf({ user: id, name, role, institution });
      return { token, expiresAt: isoInZone(expiresAt, me.timeZone), user: me };
    },

    /** @throws AppError `RATE_LIMITED`, `NOT_AUTHENTICATED` */
    async verify({ ip }: FastifyRequest, user: string, password: string) {
      const passed = guard.enter(user, ip);
      if (judging >= judgingMost) {
        passed();
        throw new AppError('RATE_LIMITED', 'too many sign in at once', {
          cause: { retryAfterS: 1 },
        });
      }
      judging++;
      const known = await registry.verifyPassword(user, password).finally(() => judging--);
      context.count('sign_ins', { result: known ? 'ok' : 'refused' });
      if (!known) throw new AppError('NOT_AUTHENTICATED', 'wrong user or password');
      passed();
      return known;
    },
  };
}

type Desk = ReturnType<typeof createDesk>;

export function sessionRoutes(api: Api, room: ApiRoom): void {
  const desk = createDesk(room);
  enteringRoutes(api, room, desk);
  ownRoutes(api, room, desk);
  invitationRoute(api, room);
}

const signIn = {
  config: open,
  bodyLimit,
  schema: {
    tags,
    summary: 'Sign in',
    security: [],
    body: signInBody,
    response: answers({ 200: sessionShape }),
  },
};
const redeem = {
  config: open,
  bodyLimit,
  schema: {
    tags,
    summary: 'Set a password by a link for one use, and sign in',
    security: [],
    body: redeemBody,
    response: answers({ 200: sessionShape }),
  },
};

function enteringRoutes(api: Api, { services: { registry, sessions } }: ApiRoom, desk: Desk): void {
  api.post('/session', signIn, async (request, reply) => {
    const { user, password } = request.body;
    return desk.begin(request, reply, await desk.verify(request, user, password));
  });

  api.post('/session/redeem', redeem, async (request, reply) => {
    const { token, password } = request.body;
    const passed = desk.guard.enter(`link ${request.ip}`, request.ip);
    const user = await registry.redeem(token, password);
    passed();
    sessions.endAll(user.id);
    return desk.begin(request, reply, user);
  });
}

const whoAmI = {
  config: signedIn,
  schema: { tags, summary: 'Who is signed in', response: answers({ 200: meShape }) },
};
const signOut = {
  config: signedIn,
  schema: { tags, summary: 'Sign out', response: answers({ 204: noContent }) },
};
const changePassword = {
  config: signedIn,
  bodyLimit,
  schema: {
    tags,
    summary: 'Change one’s own password; ends one’s other sessions',
    body: passwordBody,
    response: answers({ 204: noContent }),
  },
};

function ownRoutes(api: Api, { services: { registry, sessions } }: ApiRoom, desk: Desk): void {
  api.get('/session', whoAmI, ({ who }) => desk.meOf(who));

  api.delete('/session', signOut, ({ who }, reply) => {
    if (who.session) sessions.end(who.session);
    reply.clearCookie(cookieName, { path: '/' }).code(204).send();
  });

  api.put('/session/password', changePassword, async (request, reply) => {
    const { who, body } = request;
    await desk.verify(request, who.user, body.current);
    await registry.setSecret('users', who.user, body.password, { user: who.user });
    sessions.endAll(who.user, who.session);
    return reply.code(204).send();
  });
}

const invite = {
  config: { access: ['admin'] as const },
  schema: {
    tags: ['users'],
    summary: 'A link by which the user sets a password, once',
    params: idParams,
    response: answers({ 201: invitationShape }),
  },
};

function invitationRoute(api: Api, { services: { registry }, options }: ApiRoom): void {
  api.post('/users/:id/invitation', invite, (request, reply) => {
    const { who, params } = request;
    const user = seen(who, registry, 'users', params.id);
    const token = registry.oneTimeToken(user.id, { user: who.user });
    const base = options.publicUrl ?? `${request.protocol}://${request.host}`;
    // Behind the `#`, so that the token stands in no log.
    const url = `${base.replace(/\/$/, '')}/set-password#${token}`;
    reply.code(201).send({ token, url });
  });
}
