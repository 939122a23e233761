import type { MessagePort } from 'node:worker_threads';
import type { Broker, BrokerOptions } from '../broker/broker.ts';
import { createDoorstep } from '../broker/doorstep.ts';
import { openListener, type Places } from '../broker/listener.ts';
import { createShares } from '../broker/shares.ts';
import { createWaitingRoom } from '../broker/waiting-room.ts';
import type { Settings } from '../config.ts';
import type { LinkView, TerminalParts, Terminals } from '../gateway/jt808/door.ts';
import { startTerminals } from '../gateway/jt808/terminals.ts';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { secondMs } from '../model/time.ts';
import type { Directory, Registry } from '../registry/registry.ts';
import { terminalCode } from '../registry/terminal-code.ts';
import { remote, serve } from './messages.ts';

/** What the doors may ask of the thread that writes the registry. */
type Registrar = { readonly registry: Pick<Registry, 'registerTerminal'> };

/** Answers terminals that ask for the place of a vehicle. */
export const serveRegistrar = (port: MessagePort, { registerTerminal }: Registry): void =>
  serve(port, { registry: { registerTerminal } } satisfies Registrar);

interface Views
  extends Pick<Terminals, 'status' | 'links' | 'link' | 'isOnline' | 'send' | 'frames'> {
  /** The links of those of these vehicles that have one. */
  linksOf(vehicles: readonly string[]): readonly LinkView[];
}

/** What other threads may ask of the door. */
export const viewsOf = ({ status, links, link, isOnline, send, frames }: Terminals): Views => ({
  status,
  links,
  link,
  linksOf: (vehicles) => vehicles.flatMap((vehicle) => link(vehicle) ?? []),
  isOnline,
  send,
  frames,
});

interface TerminalWorld {
  readonly settings: Settings;
  readonly tls: BrokerOptions['tls'] | undefined;
  readonly places: Places;
  readonly serverKey: Uint8Array;
  /** The doors are always handed one. */
  readonly registrar: MessagePort | undefined;
  readonly states: Broker['states'];
  readonly take: Take;
  directory(): Directory;
  /** Takes in what changed in the registry. @returns whether anything did */
  refresh(): boolean;
}

/** What the terminals of one vehicle may send in the long run, and have on its way into the journal. */
const shareLimits = {
  userMessages: 512,
  userBytes: 512 << 10,
  waitingBytes: 16 << 20,
  deviceBytesPerS: 256 << 10,
  deviceBurstS: 10,
};

/** The JT/T 808 door. */
export function openTerminals(world: TerminalWorld, context: Context): Promise<Terminals> {
  const { settings, tls, places, serverKey, registrar, states, take, directory, refresh } = world;
  const { bind, jt808Port, jt808Open, jt808HeartbeatS, jt808MessagesPerS } = settings;
  if (!registrar) throw new Error('the doors were given no way to the registry');
  const { registry: writer } = remote<Registrar>(registrar);
  const options = {
    host: bind,
    port: jt808Port,
    open: jt808Open,
    limits: {
      heartbeatMs: jt808HeartbeatS * secondMs,
    },
    ...(tls && { tls }),
  };
  const registry = {
    directory,
    refresh,
    register: writer.registerTerminal,
    codeOf: (phone: string, place: Parameters<typeof terminalCode>[1]) =>
      terminalCode(phone, place, serverKey),
  };
  const parts: TerminalParts = {
    registry,
    take,
    states,
    listen: (name, where, callers) => openListener(name, { ...where, places }, callers),
    shares: createShares({ ...shareLimits, deviceMessagesPerS: jt808MessagesPerS }),
    doorstep: createDoorstep,
    waitingRoom: createWaitingRoom,
  };
  return startTerminals(options, parts, context);
}
