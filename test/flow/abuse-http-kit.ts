import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { startApi } from '../../api/server.ts';
import { openWorld, type World } from '../api/world.ts';

/** The HTTP door on a socket, with a user who asks properly beside the attack. */

/** A connection that says what it is told, HTTP or not. */
export interface Plain {
  readonly socket: Socket;
  heard(): string;
  isClosed(): boolean;
}

export async function openPlain(port: number, localAddress = '127.0.0.1'): Promise<Plain> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve());
    socket.once('close', () => resolve());
  });
  return { socket, heard: () => text, isClosed: () => closed };
}

interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface HttpScene {
  readonly world: World;
  readonly port: number;
  /** One request on a connection of its own. @returns the status; 0 where the connection ended without an answer */
  ask(path: string, asked?: Asked): Promise<number>;
  /** Somebody who asks properly gets a proper answer, soon, and nothing went wrong that was not expected. */
  expectServed(): Promise<void>;
  close(): Promise<void>;
}

export async function openHttp(options: Parameters<typeof openWorld>[0] = {}): Promise<HttpScene> {
  const world = await openWorld(options);
  const running = await startApi(world.options, world.services, world.context);
  const { token } = world.sessions.start('root');

  const ask = (path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    new Promise<number>((resolve) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port: running.port,
          path,
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          agent: false,
        },
        (answer) => {
          answer.resume();
          answer.on('close', () => resolve(answer.statusCode ?? 0));
        },
      );
      asking.on('error', () => resolve(0));
      asking.end(body);
    });

  return {
    world,
    port: running.port,
    ask,
    async expectServed() {
      const began = performance.now();
      expect(await ask('/api/v1/meters')).toBe(200);
      expect(performance.now() - began).toBeLessThan(4000);
      expect(world.counted.filter((name) => name === 'api_errors')).toEqual([]);
      expect(world.log.filter((line) => line.startsWith('error'))).toEqual([]);
    },
    async close() {
      await running.stop();
      await world.close();
    },
  };
}
