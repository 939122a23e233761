export const password = 'correct horse battery';

/**
 * Two towns below one city. `west` has everything once; `east` has a twin of each. People: an admin over everything (`root`), and in the west an
 * admin, an officer, a fleet manager, an integrator and a viewer; the east has an officer.
 */
export const inventory = {
  institutions: [
    { id: 'city', name: '市局', level: 'municipal' },
    { id: 'west', name: '西区', level: 'county', parent: 'city' },
    { id: 'east', name: '东区', level: 'county', parent: 'city' },
    { id: 'west-school', name: '西区小学', level: 'unit', parent: 'west' },
  ],
  ...ofBothTowns((town) => ({
    buildings: [{ id: `${town}-b`, institution: town, name: '主楼' }],
    meters: [
      { id: `${town}-m`, building: `${town}-b`, medium: 'electricity', name: '总表', everyS: 60 },
    ],
    vehicles: [
      {
        id: `${town}-v`,
        institution: town,
        plate: `鲁P${town}`,
        class: 'general',
        fuel: 'gasoline',
        everyS: 10,
      },
    ],
    places: [
      {
        id: `${town}-p`,
        institution: town,
        name: '停车场',
        kind: 'parking',
        circle: { center: [115.98, 36.45], radiusM: 100 },
      },
    ],
    routes: [
      {
        id: `${town}-r`,
        institution: town,
        name: '线路',
        line: [
          [115.98, 36.45],
          [115.85, 36.6],
        ],
      },
    ],
    dispatches: [
      {
        id: `${town}-d`,
        vehicle: `${town}-v`,
        from: '2026-11-23T08:00:00+08:00',
        to: '2026-11-23T18:00:00+08:00',
        route: `${town}-r`,
      },
    ],
    rules: [{ id: `${town}-rule`, kind: 'vehicle.off-route', scope: { institution: town } }],
    gateways: [
      { id: `${town}-g`, secret: '0123456789abcdef0f1e2d3c4b5a6978', devices: [`${town}-m`] },
    ],
    serviceAccounts: [
      {
        id: `${town}-s`,
        secret: '8f0e1d2c3b4a59687766554433221100',
        institution: town,
        subscribe: [],
      },
    ],
    routing: [
      {
        id: `${town}-to-duty`,
        institution: town,
        kinds: ['vehicle.*'],
        severity: 'warning',
        channel: 'duty',
      },
    ],
    replacements: [
      {
        id: `${town}-swap`,
        meter: `${town}-m`,
        at: '2020-01-01T00:00:00Z',
        finalReading: 5000,
        firstReading: 0,
        reason: '轮换',
        confirmedBy: 'system',
        confirmedAt: '2020-01-02T00:00:00Z',
      },
    ],
    targets: [
      {
        id: `${town}-target`,
        institution: town,
        indicator: 'per-m2-kgce',
        year: 2026,
        baseYear: 2025,
        baseValue: 20,
        changePct: -3.2,
      },
    ],
    caps: [{ id: `${town}-cap`, institution: town, item: 'water-m3', year: 2026, cap: 9000 }],
    corrections: [
      {
        id: `${town}-correction`,
        institution: town,
        item: 'electricity-kwh',
        from: '2026-01',
        to: '2026-12',
        amount: 1200,
        reason: '合署办公分摊',
      },
    ],
    weather: [
      {
        id: `${town}-weather`,
        institution: town,
        month: '2020-01',
        dailyMeanC: { '2020-01-01': -2.5 },
      },
    ],
    tariffs: [
      {
        id: `${town}-t`,
        institution: town,
        validFrom: '2020-01-01',
        validTo: '2021-01-01',
        source: '旧电价',
        prices: { flat: 0.6 },
        seasons: [
          {
            months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            periods: [{ from: '00:00', to: '24:00', band: 'flat' }],
          },
        ],
      },
    ],
  })),
  channels: [
    { id: 'duty', kind: 'webhook', url: 'https://hooks.example.org/duty', secret: 'hush' },
  ],
  calendar: [{ date: '2026-12-31', kind: 'transfer-workday', name: '调休' }],
  users: [
    { id: 'root', name: '根', role: 'admin', institution: null },
    { id: 'west-admin', name: '西', role: 'admin', institution: 'west', email: 'w@example.org' },
    { id: 'officer', name: '李四', role: 'energy-officer', institution: 'west', password },
    { id: 'fleet', name: '张三', role: 'fleet-manager', institution: 'west' },
    { id: 'integrator', name: '王五', role: 'integrator', institution: 'west' },
    { id: 'viewer', name: '赵六', role: 'viewer', institution: 'west' },
    { id: 'east-officer', name: '钱七', role: 'energy-officer', institution: 'east' },
  ],
};

function ofBothTowns<T extends Record<string, readonly object[]>>(make: (town: string) => T) {
  const [west, east] = [make('west'), make('east')];
  return Object.fromEntries(
    Object.keys(west).map((kind) => [kind, [...(west[kind] ?? []), ...(east[kind] ?? [])]]),
  );
}
