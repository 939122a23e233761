import { z } from 'zod';
import { isoInZone } from '../../model/time.ts';
import type { AuditEntry, Directory } from '../../registry/registry.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { auditEntryShape, pageOf, type RuleKindView, ruleKindShape } from '../contract.ts';
import { defined } from '../defined.ts';
import { answers } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { pipelineShape } from '../pipeline-shape.ts';
import { auditQuery } from '../request-shapes.ts';
import { entityKinds } from '../roles.ts';
import { zoneOf } from '../scope.ts';
import { settingsShape } from '../settings-shape.ts';

/** The service itself: its pipeline, its settings, who changed what. */

const tags = ['service'];
const auditAtOnce = 1_000;

function toRuleKindView({ params, ...kind }: RuleKind): RuleKindView {
  const { kind: name, version, title, description, severity } = kind;
  return {
    kind: name,
    version,
    title,
    description,
    severity,
    onlyByInstance: kind.onlyByInstance ?? false,
    params: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }),
    defaults: z.record(z.string(), z.unknown()).parse(params.parse({})),
  };
}

export function serviceRoutes(api: Api, room: ApiRoom): void {
  const { services, options } = room;
  const { mapTiles: url, mapDatum: datum = 'wgs84' } = options;
  const tiles = url === undefined ? null : { url, attribution: '', datum };
  const kinds = services.ruleKinds.map(toRuleKindView);

  api.get(
    '/rule-kinds',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['rules'],
        summary: 'Kinds of rules, with the JSON Schema of their parameters',
        response: answers({ 200: pageOf(ruleKindShape) }),
      },
    },
    () => ({ items: kinds, next: null }),
  );

  api.get(
    '/pipeline',
    {
      config: { access: ['admin'] },
      schema: {
        tags,
        summary: 'How far every sink has come',
        description:
          'When every position equals head, everything acknowledged before shows in every answer.',
        response: answers({ 200: pipelineShape }),
      },
    },
    () => services.pipeline(),
  );

  api.get(
    '/settings',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Settings of the console',
        response: answers({ 200: settingsShape }),
      },
    },
    () => ({ tiles }),
  );

  auditRoute(api, room);
}

function auditRoute(api: Api, { services: { registry } }: ApiRoom): void {
  /** Of one's own people, or about what lies in one's institutions. */
  function isWithin({ scope }: Who, directory: Directory, entry: AuditEntry): boolean {
    if (!scope || directory.belongs('users', entry.user, scope)) return true;
    const kind = entityKinds.find((known) => known === entry.kind);
    return kind !== undefined && directory.belongs(kind, entry.id, scope);
  }

  /** Newest first; up to `most` of those within. */
  function entriesWithin(who: Who, cursor: number | undefined, most: number): AuditEntry[] {
    const directory = registry.directory();
    const found: AuditEntry[] = [];
    let before = cursor;
    for (;;) {
      const entries = registry.audit({ limit: auditAtOnce, ...defined({ before }) });
      found.push(...entries.filter((entry) => isWithin(who, directory, entry)));
      before = entries.at(-1)?.n;
      if (entries.length < auditAtOnce || found.length >= most) return found.slice(0, most);
    }
  }

  api.get(
    '/audit',
    {
      config: { access: ['admin'] },
      schema: {
        tags,
        summary: 'Who changed what, newest first',
        querystring: auditQuery,
        response: answers({ 200: pageOf(auditEntryShape) }),
      },
    },
    ({ who, query }) => {
      const zone = zoneOf(registry.directory(), who.institution);
      const entries = entriesWithin(who, query.cursor, query.limit + 1);
      const page = entries.slice(0, query.limit);
      const items = page.map((entry) => ({ ...entry, at: isoInZone(entry.at, zone) }));
      return { items, next: entries.length > page.length ? String(page.at(-1)?.n) : null };
    },
  );
}
