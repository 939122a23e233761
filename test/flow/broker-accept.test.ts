import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createAccept } from '../../broker/accept.ts';
import { until } from '../broker/harness.ts';

/** What the door relies on of Node's sockets where Node does not promise it. */

interface Scene {
  readonly server: Server;
  readonly accepted: Socket[];
  /** What came, by socket. */
  readonly came: Map<Socket, Buffer[]>;
  readonly closed: Socket[];
  client(): Promise<Socket>;
}

const servers: Server[] = [];
const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** @param prepare is given the socket as Node accepted it */
async function openScene(prepare: (socket: Socket) => void = () => {}): Promise<Scene> {
  const came = new Map<Socket, Buffer[]>();
  const [accepted, closed]: Socket[][] = [[], []];
  const accept = createAccept((socket, bytes) => {
    came.set(socket, [...(came.get(socket) ?? []), bytes]);
  });
  const server = createServer({ pauseOnConnect: true }, (paused) => {
    prepare(paused);
    const socket = accept(paused);
    socket.on('error', () => {});
    socket.on('close', () => closed?.push(socket));
    accepted?.push(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  return { server, accepted: accepted ?? [], came, closed: closed ?? [], client };
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

const textOf = ({ came, accepted }: Scene, n: number): string => {
  const socket = accepted[n];
  return Buffer.concat((socket && came.get(socket)) ?? []).toString();
};

for (const way of ['one buffer for all', 'the ordinary way'] as const) {
  const prepare = (socket: Socket) => {
    if (way === 'the ordinary way') Object.assign(socket, { _server: null });
  };

  test(`${way}: what comes on each is its own, and stays what it was`, async () => {
    const scene = await openScene(prepare);
    const [one, two] = [await scene.client(), await scene.client()];
    one.write('first');
    await until(() => textOf(scene, 0) === 'first');
    two.write('other');
    await until(() => textOf(scene, 1) === 'other');
    one.write('x'.repeat(300_000));
    await until(() => textOf(scene, 0).length === 300_005);
    expect(textOf(scene, 0)).toBe(`first${'x'.repeat(300_000)}`);
    expect(textOf(scene, 1)).toBe('other');
  });

  test(`${way}: a socket that is paused reads nothing until it is resumed, and answers`, async () => {
    const scene = await openScene(prepare);
    const client = await scene.client();
    client.write('a');
    await until(() => textOf(scene, 0) === 'a');
    const [socket] = scene.accepted;
    socket?.pause();
    client.write('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(textOf(scene, 0)).toBe('a');
    expect(socket?.isPaused()).toBe(true);
    socket?.resume();
    await until(() => textOf(scene, 0) === 'ab');
    socket?.write('answer');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toBe('answer');
  });

  test(`${way}: however a connection ends, it is closed once`, async () => {
    const scene = await openScene(prepare);
    const [ends, resets, destroyed] = [
      await scene.client(),
      await scene.client(),
      await scene.client(),
    ];
    await until(() => scene.accepted.length === 3);
    ends.end('bye');
    resets.resetAndDestroy();
    scene.accepted[2]?.destroy();
    await until(() => scene.closed.length === 3);
    await until(() => destroyed.closed);
    expect(textOf(scene, 0)).toBe('bye');
    expect(new Set(scene.closed)).toEqual(new Set(scene.accepted));
  });
}

test('reads go into one buffer, and the bytes handed on are copies', async () => {
  const scene = await openScene();
  const [one, two] = [await scene.client(), await scene.client()];
  one.write('1');
  two.write('2');
  await until(() => scene.came.size === 2);
  const inside = scene.accepted.map((socket) => {
    const symbols = Object.getOwnPropertySymbols(socket);
    return symbols.map((key) => Reflect.get(socket, key)).find((value) => value instanceof Buffer);
  });
  expect(inside[0]).toBeInstanceOf(Buffer);
  expect(inside[0]).toBe(inside[1]);
  for (const [bytes] of scene.came.values()) expect(bytes?.buffer).not.toBe(inside[0]?.buffer);
});

test('the server counts its connections, keeps to its limit and closes with the last one', async () => {
  const scene = await openScene();
  const { server } = scene;
  server.maxConnections = 2;
  let dropped = 0;
  server.on('drop', () => dropped++);
  const [one] = [await scene.client(), await scene.client()];
  await until(() => scene.accepted.length === 2);
  expect(await connectionsOf(server)).toBe(2);
  const over = await scene.client();
  await until(() => over.closed);
  expect(dropped).toBe(1);
  one?.destroy();
  await until(() => scene.closed.length === 1);
  expect(await connectionsOf(server)).toBe(1);
  await scene.client();
  await until(() => scene.accepted.length === 3);
  let ended = false;
  server.close(() => {
    ended = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ended).toBe(false);
  for (const socket of scene.accepted) socket.destroy();
  await until(() => ended);
});
