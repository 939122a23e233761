import type { Context } from '../../model/context.ts';
import { AppError } from '../../model/errors.ts';
import { isCurrent } from './arrival.ts';
import { ask } from './asking.ts';
import { end, type Link, type LinkDoor, refuse } from './connection.ts';
import {
  defaultTerminalLimits,
  type LinkView,
  type TerminalOptions,
  type TerminalParts,
  type Terminals,
  tickMs,
} from './door.ts';
import { receive } from './link.ts';
import { createTraffic } from './traffic.ts';

/**
 * Opens the JT/T 808 door. A terminal is answered only after its message has become durable; while nothing can be taken nobody is turned away:
 * messages wait unanswered, and more is not read.
 *
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startTerminals(
  options: TerminalOptions,
  parts: TerminalParts,
  context: Context,
): Promise<Terminals> {
  const limits = { ...defaultTerminalLimits, ...options.limits };
  const traffic = createTraffic(parts, limits, options.open ?? false, context);
  const { door, links } = traffic;
  const { connections } = limits;
  const dropped = () => refuse(door, 'limit');
  const callers = { open: traffic.open, receive, dropped };
  const listener = await parts.listen('JT/T 808', { ...options, connections }, callers);
  if (door.isOpen) warnOfOpenness(context);
  const timer = setInterval(traffic.tick, tickMs).unref();
  return {
    port: listener.port,
    ...createViews(door, links, listener.port),
    refresh() {
      for (const link of [...door.online.values()])
        if (!isCurrent(door, link)) end(door, link, 'revoked');
    },
    async stop() {
      clearInterval(timer);
      const closed = listener.close();
      for (const link of links) link.socket.destroy();
      await closed;
    },
  };
}

const warnOfOpenness = ({ log }: Context): void =>
  log(
    'warn',
    'jt808: the door is OPEN: whoever names the phone of a vehicle is let in as its terminal; unset jt808Open after the trial',
    { setting: 'jt808Open' },
  );

function createViews(
  door: LinkDoor,
  links: ReadonlySet<Link>,
  port: number,
): Pick<Terminals, 'status' | 'links' | 'link' | 'isOnline' | 'send' | 'frames'> {
  const { online, context } = door;
  return {
    status: () => ({
      port,
      open: door.isOpen,
      online: online.size,
      strangers: links.size - online.size,
      refused: Object.fromEntries(door.refused),
    }),
    links: () =>
      [...online.values()]
        .map((link) => viewOf(door, link))
        .sort((a, b) => (a.vehicle < b.vehicle ? -1 : 1)),
    link(vehicle) {
      const link = online.get(vehicle);
      return link && viewOf(door, link);
    },
    isOnline: (vehicle) => online.has(vehicle),
    async send(vehicle, id, body) {
      const link = online.get(vehicle);
      if (!link) {
        const message = `the terminal of vehicle ${vehicle} is not connected`;
        throw new AppError('DEVICE_OFFLINE', message, { retryable: true });
      }
      return ask(door, link, id, body);
    },
    frames: (vehicle) => door.recent.of(vehicle, context.now()),
  };
}

function viewOf({ clock, context }: LinkDoor, link: Link): LinkView {
  const { vehicle = '', phone, address, version, since, heardAt } = link;
  const { framesIn, framesOut, serialGaps } = link;
  return {
    vehicle,
    phone,
    address,
    layout: version === undefined ? 2013 : 2019,
    since,
    heardAt: context.now() - (clock.tick - heardAt) * tickMs,
    framesIn,
    framesOut,
    serialGaps: { ...serialGaps },
  };
}
