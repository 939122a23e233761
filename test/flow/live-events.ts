/** A client of server-sent events that keeps what it hears. */

export interface LiveEvent {
  readonly id: string | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service sends is what the tests look at
  readonly data: any;
}

export interface LiveStream {
  readonly status: number;
  readonly type: string | null;
  readonly events: readonly LiveEvent[];
  /** The last id it was told, with an event or alone. */
  lastId(): string | undefined;
  close(): void;
}

/** @param headers with the authorization, and `last-event-id` to resume */
export async function openLive(url: string, headers: Record<string, string>): Promise<LiveStream> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  const events: LiveEvent[] = [];
  let lastId: string | undefined;
  const take = (block: string) => {
    const fields = new Map(
      block.split('\n').map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at), line.slice(at + 1).trim()] as const;
      }),
    );
    lastId = fields.get('id') ?? lastId;
    const data = fields.get('data');
    if (data !== undefined)
      events.push({
        id: fields.get('id'),
        event: fields.get('event') ?? 'message',
        data: JSON.parse(data),
      });
  };
  const read = async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  };
  read().catch(() => {});
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    events,
    lastId: () => lastId,
    close: () => stop.abort(),
  };
}
