import type { Server, Socket } from 'node:net';
import type { Context } from '../model/context.ts';
import type { HttpLimits } from './http.ts';

/** A proxy on this machine speaks for everybody. */
const proxies: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** No address takes more than one share of all connections. */
const shares = 4;

/** Holds connections to a number in all and of one address; those beyond are closed unread and counted. */
export function limitConnections(
  server: Server,
  { connections, connectionsPerAddress }: HttpLimits,
  { count }: Pick<Context, 'count'>,
): void {
  const open = new Map<string, number>();
  const mostOfOne = Math.min(connectionsPerAddress, Math.ceil(connections / shares));
  const refuse = () => count('refused', { door: 'http', reason: 'limit' });

  function leave(address: string): void {
    const left = (open.get(address) ?? 1) - 1;
    if (left > 0) open.set(address, left);
    else open.delete(address);
  }

  server.maxConnections = connections;
  server.on('drop', refuse);
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (proxies.has(address)) return;
    const others = open.get(address) ?? 0;
    if (others >= mostOfOne) {
      refuse();
      socket.destroy();
      return;
    }
    open.set(address, others + 1);
    socket.once('close', () => leave(address));
  });
}
