import { commandedBy } from '../api/roles.ts';
import type { Services } from '../api/services.ts';
import { openCommandBook } from '../commands/book.ts';
import type { Command, TerminalFacts } from '../commands/commands.ts';
import { createCommandDesk } from '../commands/desk.ts';
import { startDispatch } from '../commands/dispatch.ts';
import type { Settings } from '../config.ts';
import { explainSeen } from '../gateway/jt808/seen.ts';
import type { Context } from '../model/context.ts';
import type { Registry } from '../registry/registry.ts';
import type { Doors } from './doors.ts';
import type { Remote } from './messages.ts';

/** GMT+8, which the standard has all terminals keep. */
const standardOffsetMinutes = 480;

interface Parts {
  /** Where commands are kept. */
  readonly file: string;
  readonly registry: Pick<Registry, 'directory' | 'get'>;
  readonly terminals: Remote<Doors>['terminals'];
  readonly settings: Pick<Settings, 'jt808HeartbeatS'>;
}

/** Commands of this machine's shell ask in this name. */
const shell = 'system';

/** As the API would decide now. */
function isAllowed(registry: Parts['registry'], { by, kind, vehicle }: Command): boolean {
  if (by === shell) return true;
  const user = registry.get('users', by);
  if (!user || !commandedBy[kind].includes(user.role)) return false;
  if (user.institution === null) return true;
  const directory = registry.directory();
  return directory.belongs('vehicles', vehicle, directory.within(user.institution));
}

/** What people ask of terminals: kept here, sent by the doors. */
export function openCommands(
  { file, registry, terminals, settings }: Parts,
  context: Context,
): Pick<Services, 'commands' | 'frames'> & { stop(): void } {
  const terminalOf = (vehicle: string): TerminalFacts | undefined => {
    const directory = registry.directory();
    const device = directory.device(vehicle);
    if (device?.type !== 'vehicle' || !device.vehicle.jt808) return undefined;
    const { edition, utcOffsetMinutes, datum } = device.vehicle.jt808;
    return {
      edition: edition ?? directory.terminal(vehicle)?.facts?.edition,
      utcOffsetMinutes: utcOffsetMinutes ?? standardOffsetMinutes,
      datum: datum ?? 'wgs84',
    };
  };
  const book = openCommandBook(file);
  const way = { links: terminals.linksOf, send: terminals.send };
  const parts = {
    book,
    way,
    terminalOf,
    isAllowed: (command: Command) => isAllowed(registry, command),
  };
  const dispatch = startDispatch(parts, context);
  return {
    commands: createCommandDesk({
      book,
      terminalOf,
      institutionOf: (vehicle) => registry.directory().device(vehicle)?.institution.id,
      silenceS: settings.jt808HeartbeatS,
      now: context.now,
      asked: dispatch.look,
    }),
    async frames(vehicle, most) {
      const seen = (await terminals.frames(vehicle)).toReversed();
      const edition = terminalOf(vehicle)?.edition;
      let left = most;
      return seen
        .filter(({ authenticated }) => !authenticated || left-- > 0)
        .map((frame) => explainSeen(frame, edition));
    },
    stop() {
      dispatch.stop();
      book.close();
    },
  };
}
