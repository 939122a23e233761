/**
 * Which devices are online: those at least one connection speaks for. What happens within one turn of the event loop is told
 * once, so that a connection that takes over from another makes no `offline`.
 */
export interface States {
  connected(devices: readonly string[]): void;
  disconnected(devices: readonly string[]): void;
  /** Somebody else has published the state of the device: it is told again. */
  disturbed(device: string): void;
}

/** @param publish is called with every change */
export function createStates(publish: (device: string, online: boolean) => void): States {
  const connections = new Map<string, number>();
  const told = new Map<string, boolean>();
  const changed = new Set<string>();

  function tell(): void {
    for (const device of changed) {
      const online = connections.has(device);
      if (told.get(device) !== online) publish(device, online);
      if (online) told.set(device, true);
      else told.delete(device);
    }
    changed.clear();
  }

  function note(device: string): void {
    if (changed.size === 0) setImmediate(tell);
    changed.add(device);
  }

  return {
    connected(devices) {
      for (const device of devices) {
        connections.set(device, (connections.get(device) ?? 0) + 1);
        note(device);
      }
    },
    disconnected(devices) {
      for (const device of devices) {
        const left = (connections.get(device) ?? 1) - 1;
        if (left > 0) connections.set(device, left);
        else connections.delete(device);
        note(device);
      }
    },
    disturbed(device) {
      told.delete(device);
      note(device);
    },
  };
}
