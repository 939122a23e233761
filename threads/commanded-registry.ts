import { readFileSync } from 'node:fs';
import type { Settings } from '../config.ts';
import { quiet } from '../model/context.ts';
import type { EntityKind } from '../model/entities.ts';
import { AppError, type ErrorCode, type Fault } from '../model/errors.ts';
import { isKnownItem } from '../protocols/dlt645/items.ts';
import { vendorProfiles } from '../protocols/jt808/vendors/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { loadProfiles } from '../protocols/profile.ts';
import type { Registry } from '../registry/registry.ts';
import { openServerKey } from '../registry/server-key.ts';
import { openRegistry } from '../registry/sqlite-registry.ts';
import { ruleKinds } from '../rules/index.ts';
import { dataFolder, holdFolder } from './folder.ts';

/** What commands may do with the registry; the service does it where it is running, else the files are opened. */
export interface CommandedRegistry {
  import: Registry['import'];
  create(kind: 'users', body: unknown): Promise<{ readonly id: string }>;
  get(kind: EntityKind, id: string): Promise<object | undefined>;
  setSecret(kind: Parameters<Registry['setSecret']>[0], id: string, secret: string): Promise<void>;
  /** @throws AppError `NOT_FOUND` */
  resetTerminal(vehicle: string): Promise<void>;
  /** Address at which a user without a password sets one, once. */
  invite(user: string): Promise<string>;
  close(): void;
}

const actor = { user: 'system' };

export async function openCommandedRegistry(settings: Settings): Promise<CommandedRegistry> {
  let letGo: () => void;
  try {
    letGo = holdFolder(settings.dataDir);
  } catch (error) {
    return overHttp(runningService(settings, error));
  }
  const files = dataFolder(settings.dataDir);
  const kinds = new Map(ruleKinds.map(({ kind, params }) => [kind, params]));
  const options = {
    serverKey: openServerKey(files.serverKey),
    profiles: new Set(loadProfiles().keys()),
    mappings: loadMappings(),
    isDlt645Item: isKnownItem,
    terminalProfiles: new Set(vendorProfiles.map(({ name }) => name)),
    ruleKinds: kinds,
  };
  const registry = await openRegistry(files.registry, options, quiet);
  return {
    import: registry.import,
    create: (kind, body) => registry.create(kind, body, actor),
    get: async (kind, id) => registry.get(kind, id),
    setSecret: (kind, id, secret) => registry.setSecret(kind, id, secret, actor),
    async resetTerminal(vehicle) {
      await registry.resetTerminal(vehicle, actor);
    },
    invite: async (user) =>
      `${settings.publicUrl ?? `http://127.0.0.1:${settings.httpPort}`}/set-password#${registry.oneTimeToken(user, actor)}`,
    close() {
      registry.close();
      letGo();
    },
  };
}

/** Where the API of the running service is, and what lets commands in. @throws what kept its files from being opened, where there is none */
export function runningService(
  { dataDir, tlsCert }: Settings,
  trouble: unknown,
): { readonly base: string; readonly token: string } {
  const files = dataFolder(dataDir);
  const { http } = JSON.parse(readOwn(files.ports, trouble)) as { http: number };
  const base = `http${tlsCert ? 's' : ''}://127.0.0.1:${http}/api/v1`;
  return { base, token: readOwn(files.token, trouble) };
}

/** What only who may read the data directory can know; without it the trouble of opening it stands. */
function readOwn(file: string, trouble: unknown): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw trouble;
  }
}

/** What the service said was wrong. */
export async function problemOf(answer: Response): Promise<AppError> {
  const { code, title, detail, errors } = (await answer.json()) as Problem;
  return new AppError(code, detail ?? title, { faults: errors ?? [] });
}

interface Problem {
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
}

function overHttp({ base, token }: ReturnType<typeof runningService>): CommandedRegistry {
  const ask = async <T>(
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<T> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': type }),
    };
    const answer = await fetch(`${base}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    if (answer.ok) return (await answer.json().catch(() => undefined)) as T;
    throw await problemOf(answer);
  };
  return {
    async import(text, _actor, options) {
      try {
        const path = `/inventory?dryRun=${options?.dryRun ?? false}`;
        const { changes } = await ask<{ changes: [] }>('POST', path, text, 'application/yaml');
        return { ok: true, changes };
      } catch (error) {
        if (error instanceof AppError && error.code === 'INVENTORY_INVALID')
          return { ok: false, faults: error.faults };
        throw error;
      }
    },
    create: (kind, body) => ask('POST', `/${kind}`, JSON.stringify(body)),
    get: (kind, id) =>
      ask<object>('GET', `/${kind}/${encodeURIComponent(id)}`).catch((error) => {
        if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }),
    async setSecret(kind, id, secret) {
      const body = kind === 'meters' || kind === 'vehicles' ? { mqtt: { secret } } : { secret };
      await ask('PATCH', `/${kind}/${encodeURIComponent(id)}`, JSON.stringify(body));
    },
    async resetTerminal(vehicle) {
      await ask('DELETE', `/vehicles/${encodeURIComponent(vehicle)}/terminal`);
    },
    invite: async (user) =>
      (await ask<{ url: string }>('POST', `/users/${encodeURIComponent(user)}/invitation`)).url,
    close() {},
  };
}
