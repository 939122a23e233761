import type { Inspected, KeptAside, QuarantineQuery } from '../../ingest/ingest.ts';
import type { Observation } from '../../model/observation.ts';
import { isoInZone } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { pageOf, type QuarantineItem, quarantineItemShape } from '../contract.ts';
import { defined } from '../defined.ts';
import { answers } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { deviceIdOf } from '../ledger-view.ts';
import {
  inspectedShape,
  type QuarantineInspected,
  quarantineSummaryShape,
  requeuedShape,
} from '../quarantine-shape.ts';
import { quarantineQuery, requeueBody, seqParams } from '../request-shapes.ts';
import { notFound, zoneOf } from '../scope.ts';

/** What was not understood: found, looked at, and read again. */

const tags = ['service'];
const config = { access: ['admin', 'integrator'] as const };
const previewBytes = 64;
/** Envelopes read again by one request. */
const requeuedAtOnce = 500;

export function quarantineRoutes(api: Api, room: ApiRoom): void {
  listRoute(api, room);
  summaryRoute(api, room);
  inspectRoute(api, room);
  requeueRoute(api, room);
}

function listRoute(api: Api, { services: { registry, quarantine } }: ApiRoom): void {
  const schema = {
    tags,
    summary: 'What was not understood, and why, newest first',
    querystring: quarantineQuery,
    response: answers({ 200: pageOf(quarantineItemShape) }),
  };
  api.get('/quarantine', { config, schema }, async ({ who, query }) => {
    const directory = registry.directory();
    const page = await quarantine.list(within(who, directory, query));
    const items = page.items.map((item) => toQuarantineItem(item, zoneFor(directory, item.device)));
    return { items, next: page.next };
  });
}

function summaryRoute(api: Api, { services: { registry, quarantine } }: ApiRoom): void {
  const schema = {
    tags,
    summary: 'How much is in quarantine, and what left it',
    response: answers({ 200: quarantineSummaryShape }),
  };
  api.get('/quarantine/summary', { config, schema }, async ({ who }) => {
    const directory = registry.directory();
    const { byReason, items, times, ...whole } = await quarantine.summary(
      who.scope && devicesWithin(directory, who.scope),
    );
    return { byReason, items, times, whole: who.scope ? null : whole };
  });
}

function inspectRoute(api: Api, { services: { registry, quarantine } }: ApiRoom): void {
  const schema = {
    tags,
    summary: 'A message with all its bytes, and what today’s codec makes of it',
    params: seqParams,
    response: answers({ 200: inspectedShape }),
  };
  api.get('/quarantine/:seq', { config, schema }, async ({ who, params }) => {
    const directory = registry.directory();
    const found = await quarantine.inspect(params.seq);
    const [first] = found?.items ?? [];
    if (!found || !first) throw notFound('message in quarantine', String(params.seq));
    if (who.scope && !devicesWithin(directory, who.scope).includes(first.device))
      throw notFound('message in quarantine', String(params.seq));
    return toInspected(found, first, zoneFor(directory, first.device));
  });
}

function requeueRoute(api: Api, { services: { registry, quarantine } }: ApiRoom): void {
  const schema = {
    tags,
    summary: 'Read messages again, after a codec was mended or a device was added',
    description: `Puts the original bytes into the journal again, up to ${requeuedAtOnce} messages; \`next\` goes on. What is understood leaves quarantine; what is not stays, one item as before.`,
    body: requeueBody,
    response: answers({ 200: requeuedShape }),
  };
  api.post('/quarantine/requeue', { config, schema }, async ({ who, body }) => {
    const { dryRun, ...asked } = body;
    const query = within(who, registry.directory(), { ...asked, limit: requeuedAtOnce });
    const result = await quarantine.requeue(query, { dryRun });
    if (!dryRun) {
      const { devices: _, limit: __, ...detail } = query;
      registry.note({
        user: who.user,
        action: 'requeue',
        kind: 'quarantine',
        id: query.device ?? '*',
        detail: { ...detail, requeued: result.requeued },
      });
    }
    return { dryRun, ...result };
  });
}

type Asked = {
  readonly [K in keyof Omit<QuarantineQuery, 'devices'>]: QuarantineQuery[K] | undefined;
};

function within(who: Who, directory: Directory, { limit, ...asked }: Asked): QuarantineQuery {
  const devices = who.scope && devicesWithin(directory, who.scope);
  return { limit: limit ?? requeuedAtOnce, ...defined({ ...asked, devices }) };
}

const devicesWithin = (directory: Directory, scope: ReadonlySet<string>): string[] => [
  ...directory
    .devices()
    .filter(({ institution }) => scope.has(institution.id))
    .map(deviceIdOf),
  ...directory
    .all('gateways')
    .map(({ id }) => id)
    .filter((id) => directory.belongs('gateways', id, scope)),
];

const zoneFor = (directory: Directory, device: string): string =>
  zoneOf(directory, directory.device(device)?.institution.id);

function toQuarantineItem(item: KeptAside, zone: string): QuarantineItem {
  const { bytes, receivedAt, lastAt, requeuedAt, ...rest } = item;
  const buffer = Buffer.from(bytes);
  return {
    ...rest,
    receivedAt: isoInZone(receivedAt, zone),
    lastAt: isoInZone(lastAt, zone),
    requeuedAt: requeuedAt === null ? null : isoInZone(requeuedAt, zone),
    bytes: buffer.toString('base64'),
    hex: buffer.subarray(0, previewBytes).toString('hex'),
    length: buffer.length,
  };
}

function toInspected(
  { items, observations, refused }: Inspected,
  { seq, door, protocol, device, receivedAt, bytes }: KeptAside,
  zone: string,
): QuarantineInspected {
  const buffer = Buffer.from(bytes);
  return {
    seq,
    door,
    protocol,
    device,
    receivedAt: isoInZone(receivedAt, zone),
    bytes: buffer.toString('base64'),
    hex: buffer.toString('hex'),
    text: textOf(buffer),
    length: buffer.length,
    items: items.map(({ part, reason, detail, times, lastAt }) => ({
      part,
      reason,
      detail,
      times,
      lastAt: isoInZone(lastAt, zone),
    })),
    reading: { observations: observations.map((one) => toSaid(one, zone)), refused },
  };
}

const toSaid = ({ at, ...said }: Observation, zone: string) => ({
  at: isoInZone(at, zone),
  ...said,
});

/** Null where the bytes are no text. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a text does not hold
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
