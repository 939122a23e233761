import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../model/context.ts';
import type { Credential, Directory } from '../registry/registry.ts';
import type {
  BrokerAccess,
  ConnectRequest,
  PublishGrant,
  RefusalReason,
  Session,
} from './broker.ts';
import { createMappedTopics } from './mapped-topics.ts';
import { covers, ownerOfFilter, parseTopic } from './topics.ts';
import { createVerifier, type VerifySecret } from './verifier.ts';

interface KnownSession extends Session {
  readonly credential: Credential;
  /** `speaksFor`, to look up in, of a gateway: that may have thousands. */
  readonly many: ReadonlySet<string> | undefined;
  /** The device that a topic of a mapping is about. */
  readonly mapped: ((topic: string) => string | undefined) | undefined;
}

const stateGrant: PublishGrant = { to: 'state' };

/**
 * Access by the registry: user name and secret of a device, gateway or service account; publishing to one's own topics;
 * subscribing to one's own topics and to what was granted.
 *
 * @param verify tells whether a secret fits a hash of a `Credential`
 * @param topicsOf the topic patterns of a mapping
 */
export function createAccess(
  directory: Directory,
  verify: VerifySecret,
  context: Context,
  topicsOf: (mapping: string) => readonly string[] = () => [],
): BrokerAccess & { refresh(directory: Directory): void } {
  let current = directory;
  const verifier = createVerifier(verify, context);
  return {
    refresh(changed) {
      current = changed;
    },
    async authenticate(request) {
      const { username, password, address } = request;
      const refused = fault(request);
      if (refused) return { refused };
      const credential = current.credential(username ?? '');
      if (!credential) return { refused: 'credentials' };
      const verdict = await verifier.check(credential.id, address, credential.hash, password ?? '');
      if (verdict !== 'right') return { refused: verdict };
      return sessionOf(credential, topicsOf);
    },
    mayPublish: (session, topic) => grantOf(current, session as KnownSession, topic),
    maySubscribe(session, filter) {
      const owner = ownerOfFilter(filter);
      if (owner !== undefined && isOwn(session as KnownSession, owner)) return true;
      return (session as KnownSession).credential.subscribe.some((granted) =>
        covers(granted, filter),
      );
    },
    mayWill(session, topic) {
      const parsed = parseTopic(topic);
      const allowed = parsed?.type === 'state' && isOwn(session as KnownSession, parsed.device);
      return allowed ? { retain: true } : undefined;
    },
    isCurrent(session) {
      const { credential } = session as KnownSession;
      return isDeepStrictEqual(current.credential(session.user), credential);
    },
  };
}

function fault({ clientId, username, password }: ConnectRequest): RefusalReason | undefined {
  if (!username || password === undefined) return 'anonymous';
  return clientId === '' ? 'client-id' : undefined;
}

const few = 8;

function sessionOf(
  credential: Credential,
  topicsOf: (mapping: string) => readonly string[],
): KnownSession {
  const own = new Set([...stateOf(credential), ...credential.devices]);
  const many = own.size > few ? own : undefined;
  const { id, mapped: said } = credential;
  const mapped = said && createMappedTopics(id, said, topicsOf);
  return { user: id, speaksFor: [...own], many, mapped, credential };
}

const isOwn = ({ speaksFor, many }: KnownSession, device: string): boolean =>
  many ? many.has(device) : speaksFor.includes(device);

/** A service account has no state of its own. */
const stateOf = ({ kind, id }: Credential): readonly string[] => (kind === 'service' ? [] : [id]);

function grantOf(
  directory: Directory,
  session: KnownSession,
  topic: string,
): PublishGrant | undefined {
  const parsed = parseTopic(topic);
  if (!parsed) return mappedGrant(session, topic);
  if (!isOwn(session, parsed.device)) return undefined;
  if (parsed.type === 'state') return stateGrant;
  const { device, type, protocol } = parsed;
  if (directory.device(device)?.type !== type) return undefined;
  return { to: 'journal', device, protocol, retain: false };
}

function mappedGrant({ mapped }: KnownSession, topic: string): PublishGrant | undefined {
  const device = mapped?.(topic);
  return device === undefined
    ? undefined
    : { to: 'journal', device, protocol: 'mqtt-mapping', retain: false };
}
