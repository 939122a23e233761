import { z } from 'zod';
import type { Alert } from '../../model/alert.ts';
import { AppError } from '../../model/errors.ts';
import { metricNames } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import type { Authentication } from '../authentication.ts';
import { answers } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import type { LiveOptions, LivePart } from '../live.ts';
import { liveQuery } from '../request-shapes.ts';
import { zoneOf } from '../scope.ts';
import type { Services } from '../services.ts';
import { toLatestReading, toPosition } from '../views.ts';

/** The live stream: what comes in, as it comes in. */

/** Where there is no room for another stream. */
const retryAfterS = 10;

type Sources = Pick<Services, 'registry' | 'alertView'>;

const part = (
  type: LivePart['type'],
  device: string,
  institution: string,
  data: object,
): LivePart => ({
  type,
  device,
  institution,
  text: `event: ${type}\ndata: ${JSON.stringify(data)}\n`,
});

function ofObservation({ registry }: Sources, observation: Accepted, now: number): LivePart[] {
  const known = registry.directory().device(observation.device);
  if (!known) return [];
  const { id, timeZone } = known.institution;
  const { device } = observation;
  if (observation.type === 'fix') {
    return known.type === 'vehicle'
      ? [part('position', device, id, toPosition(observation, known, now, 'wgs84'))]
      : [];
  }
  const { at, timeSource, values } = observation;
  return metricNames.flatMap((metric) => {
    const value = values[metric];
    if (value === undefined) return [];
    return [
      part(
        'reading',
        device,
        id,
        toLatestReading({ device, metric, at, value, timeSource }, timeZone),
      ),
    ];
  });
}

function ofAlert({ registry, alertView }: Sources, alert: Alert): LivePart {
  const view = alertView(alert, zoneOf(registry.directory(), alert.institution));
  return part('alert', alert.subject.id, alert.institution, view);
}

export const createToParts =
  (sources: Sources, now: () => number): LiveOptions['toParts'] =>
  (event) =>
    event.type === 'alert'
      ? [ofAlert(sources, event.alert)]
      : ofObservation(sources, event.observation, now());

const stream = {
  description: 'Events as they come',
  content: { 'text/event-stream': { schema: z.string() } },
};

export function liveRoutes(api: Api, { live }: ApiRoom, { renew }: Authentication): void {
  api.get(
    '/live',
    {
      exposeHeadRoute: false,
      config: { access: 'anyone' },
      schema: {
        tags: ['live'],
        summary: 'Server-sent events: position, reading, alert',
        description:
          'Data are as in the lists: `position` an item of /vehicles/positions, `reading` one of /readings/latest, `alert` one of /alerts. ' +
          '`Last-Event-ID` goes on where a stream broke off; `reset` says that this is no longer possible and lists must be fetched again.',
        querystring: liveQuery,
        headers: z.object({ 'last-event-id': z.string().max(64).optional() }),
        response: answers({ 200: stream }),
      },
    },
    (request, reply) => {
      const { who, query } = request;
      const types = query.types && new Set<string>(query.types);
      const devices = query.device && new Set(query.device);
      if (!live.hasRoom(who.user)) {
        throw new AppError('RATE_LIMITED', 'too many live streams', { cause: { retryAfterS } });
      }
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      live.attach(reply.raw, {
        who,
        lastEventId: request.headers['last-event-id'],
        wants: ({ type, device }) =>
          (!types || types.has(type)) && (!devices || devices.has(device)),
        renew: () => (who.session ? renew(who.session, who.user) : who),
      });
    },
  );
}
