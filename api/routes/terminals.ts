import { AppError } from '../../model/errors.ts';
import { isoInZone } from '../../model/time.ts';
import { answers, idParams, noContent } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { writers } from '../roles.ts';
import { changeable, seen, zoneOf } from '../scope.ts';
import { type TerminalView, terminalShape } from '../terminal-shape.ts';

/** JT/T 808 terminals of vehicles: who has registered, and who is connected. */

const tags = ['vehicles'];

export function terminalRoutes(api: Api, room: ApiRoom): void {
  const { registry } = room.services;
  api.get(
    '/vehicles/:id/terminal',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'The JT/T 808 terminal of a vehicle',
        params: idParams,
        response: answers({ 200: terminalShape }),
      },
    },
    ({ who, params }) => viewOf(room, who, params.id),
  );

  api.delete(
    '/vehicles/:id/terminal',
    {
      config: { access: writers.vehicles },
      schema: {
        tags,
        summary: 'Makes its place free for another terminal',
        description:
          'The terminal that had registered is cut off, its code does not get in any more, and the next one that registers takes its place.',
        params: idParams,
        response: answers({ 204: noContent }),
      },
    },
    async ({ who, params }, reply) => {
      const { id } = changeable(who, registry, 'vehicles', params.id);
      await registry.resetTerminal(id, { user: who.user });
      return reply.code(204).send();
    },
  );
}

/** @throws AppError `NOT_FOUND` for a vehicle that has none */
async function viewOf(
  { services: { registry, terminals } }: ApiRoom,
  who: Who,
  id: string,
): Promise<TerminalView> {
  const { jt808, institution } = seen(who, registry, 'vehicles', id);
  if (!jt808) throw new AppError('NOT_FOUND', `vehicle ${id} has no JT/T 808 terminal`);
  const directory = registry.directory();
  const zone = zoneOf(directory, institution);
  const place = directory.terminal(id);
  const link = await terminals.link(id);
  return {
    vehicle: id,
    phone: jt808.phone,
    registered: place?.facts ? { at: isoInZone(place.registeredAt, zone), ...place.facts } : null,
    link: link
      ? {
          address: link.address,
          layout: link.layout,
          since: isoInZone(link.since, zone),
          heardAt: isoInZone(link.heardAt, zone),
          framesIn: link.framesIn,
          framesOut: link.framesOut,
          serialGaps: link.serialGaps,
        }
      : null,
  };
}
