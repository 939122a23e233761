import { randomBytes } from 'node:crypto';
import type { EntityKind } from '../model/entities.ts';
import { AppError, type Fault } from '../model/errors.ts';
import { hourMs } from '../model/time.ts';
import { keep, putBody, writeItem } from './changes.ts';
import { titleOf } from './checks.ts';
import type { Core } from './core.ts';
import { longestPassword, shortestPassword } from './fields.ts';
import type { Actor, Registry } from './registry.ts';
import { hashPassword, verifySecret } from './secrets.ts';
import { digest } from './server-key.ts';
import { versioned } from './snapshot.ts';

/** How long a one-time token can be used. */
const tokenMs = 72 * hourMs;
const firstUser = 'admin';
/** A hash like every other, but of no password: what an unknown name is checked against, so that it takes as long as a known one. */
const nobody = `argon2id:m=19456,t=2,p=1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;

export const notFound = (kind: EntityKind, id: string) =>
  new AppError('NOT_FOUND', `There is no ${titleOf(kind, id)}.`);

function passwordFaults(password: string, path: string): readonly Fault[] {
  const { length } = password;
  if (length < shortestPassword)
    return [{ path, message: `got ${length} characters, want at least ${shortestPassword}` }];
  return length > longestPassword
    ? [{ path, message: `got ${length} characters, want at most ${longestPassword}` }]
    : [];
}

function checkPassword(password: string): void {
  const faults = passwordFaults(password, 'password');
  if (faults.length > 0)
    throw new AppError('INPUT_INVALID', `The password cannot be taken: ${faults[0]?.message}.`, {
      faults,
    });
}

const tokenDigest = (token: string, { serverKey }: Core) => digest('one-time', token, serverKey);

async function putSecret(
  core: Core,
  kind: EntityKind,
  id: string,
  secret: string,
  actor: Actor,
  action: string,
): Promise<void> {
  const hash = await keep(kind, secret, core.serverKey);
  const body = core.existing().lookup(kind, id);
  if (!body) throw notFound(kind, id);
  const { tables, context } = core;
  const speaksMqtt = (kind !== 'meters' && kind !== 'vehicles') || body['mqtt'] !== undefined;
  core.commit((changed) => {
    if (!speaksMqtt) putBody(core, kind, id, { ...body, mqtt: {} }, changed);
    tables.putSecret(kind, id, hash, tables.secret(kind, id)?.importedHash ?? null, changed);
    if (kind === 'users') tables.dropOneTime(id);
    tables.addAudit({ at: context.now(), user: actor.user, action, kind, id, detail: {} });
  });
}

async function createAdmin(core: Core, given: string | undefined): Promise<string | undefined> {
  if (core.snapshot().rows.users.has(firstUser)) return undefined;
  const faults = given === undefined ? [] : passwordFaults(given, 'adminPassword');
  if (faults.length > 0)
    throw new AppError(
      'SETTINGS_INVALID',
      `The first password cannot be taken: ${faults[0]?.message}.`,
      { faults },
    );
  const password = given ?? randomBytes(15).toString('base64url');
  const hash = await hashPassword(password);
  const body = { id: firstUser, institution: null, name: '管理员 Administrator', role: 'admin' };
  const item = { kind: 'users', id: firstUser, body } as const;
  core.commit((changed) =>
    writeItem(core, { item, change: 'add', hash }, { user: 'system' }, changed, false),
  );
  return given === undefined ? password : undefined;
}

/** How people and devices come by their secrets, and people in. */
export function createPeople(
  core: Core,
): Pick<Registry, 'setSecret' | 'verifyPassword' | 'ensureAdmin' | 'oneTimeToken' | 'redeem'> {
  const { tables, context } = core;
  const userOf = (id: string) => versioned<'users'>(core.snapshot().rows.users.get(id));
  return {
    async setSecret(kind, id, secret, actor) {
      if (kind === 'users') checkPassword(secret);
      else if (secret.length === 0 || secret.length > 1024) {
        const faults = [
          { path: 'secret', message: `got ${secret.length} characters, want 1 to 1024` },
        ];
        throw new AppError('INPUT_INVALID', 'The secret cannot be taken.', { faults });
      }
      await core.inTurn(() => putSecret(core, kind, id, secret, actor, 'set-secret'));
    },
    async verifyPassword(id, password) {
      const known = userOf(id) && tables.secret('users', id)?.hash;
      const isTooLong = password.length > longestPassword;
      const fits = await verifySecret(known ?? nobody, isTooLong ? '' : password, core.serverKey);
      return fits && known !== undefined && !isTooLong ? userOf(id) : undefined;
    },
    ensureAdmin: (password) => core.inTurn(() => createAdmin(core, password)),
    oneTimeToken(id, actor) {
      if (!userOf(id)) throw notFound('users', id);
      const token = randomBytes(32).toString('base64url');
      const at = context.now();
      tables.transaction(() => {
        tables.putOneTime({ user: id, digest: tokenDigest(token, core), expires: at + tokenMs });
        tables.addAudit({
          at,
          user: actor.user,
          action: 'one-time-token',
          kind: 'users',
          id,
          detail: {},
        });
      });
      return token;
    },
    redeem: (token, password) =>
      core.inTurn(async () => {
        const found = tables.oneTime(tokenDigest(token, core));
        if (!found || found.expires <= context.now() || !userOf(found.user)) {
          throw new AppError(
            'NOT_AUTHENTICATED',
            'This link is not known, was used already, or is older than 72 hours.',
          );
        }
        checkPassword(password);
        await putSecret(core, 'users', found.user, password, { user: found.user }, 'redeem');
        const user = userOf(found.user);
        if (!user) throw notFound('users', found.user);
        return user;
      }),
  };
}
