import type { IncomingMessage, ServerResponse } from 'node:http';
import type {} from '@fastify/cookie';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Context } from '../model/context.ts';
import type { Role } from '../model/entities.ts';
import type { Datum } from './contract.ts';
import type { LiveHub } from './live.ts';
import type { Services } from './services.ts';

/** Bounds and times that keep one client from living at the expense of the others. */
export interface HttpLimits {
  readonly connections: number;
  /** A proxy on this machine is not counted. */
  readonly connectionsPerAddress: number;
  /** From the beginning of a request to the end of its head. */
  readonly headMs: number;
  /** From the beginning of a request to the end of its body. */
  readonly requestMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
  /** A connection over which nothing moves in either direction. */
  readonly stalledMs: number;
  /** How often the times of a request are looked at. */
  readonly checkEveryMs: number;
  readonly liveStreams: number;
  readonly liveStreamsPerUser: number;
}

export interface ApiOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Folder of the console's bundle; it may appear later. */
  readonly consoleDir?: string;
  /** How people reach the console, such as `https://guanjia.example.cn`. */
  readonly publicUrl?: string;
  /** By which commands on this machine act as `system`; kept in a file that only the service's user can read. */
  readonly commandToken?: string;
  /** URL with {z}/{x}/{y}; without it the map is drawn from places and routes alone. */
  readonly mapTiles?: string;
  /** Of the tiles; `wgs84` when absent. */
  readonly mapDatum?: Datum;
  readonly limits?: Partial<HttpLimits>;
}

/** Who asks. */
export interface Who {
  readonly user: string;
  readonly name: string;
  readonly role: Role;
  readonly institution: string | null;
  /** The institution and those below it; undefined is everything. */
  readonly scope: ReadonlySet<string> | undefined;
  /** Undefined for commands. */
  readonly session: string | undefined;
}

/** `public`: nobody need be signed in. */
export type Access = 'public' | 'anyone' | readonly Role[];

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that is not public. */
    who: Who;
  }
  interface FastifyContextConfig {
    /** Every route must say it. */
    access?: Access;
  }
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What every file of `routes/` is handed. */
export interface ApiRoom {
  readonly services: Services;
  readonly options: ApiOptions;
  readonly context: Context;
  readonly live: LiveHub;
}
