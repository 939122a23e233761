import * as common from '@grafana/grafana-foundation-sdk/common';
import * as geomap from '@grafana/grafana-foundation-sdk/geomap';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type { Text } from '../model/alert.ts';
import { metrics } from '../model/metrics.ts';
import { raisedAlerts, standingAlerts } from './alerts.ts';
import { frame, heard, row, withAlerts } from './frame.ts';
import { both, dress, lines, mapped, number, unitOf } from './panel.ts';
import type { Column, Condition, Select } from './query.ts';
import { tagValues, target, toInfluxQl } from './query.ts';
import { chosen, type DashboardSettings } from './variables.ts';

type Position = 'vehicle_position';

const inInstitution: Condition<Position>[] = [{ tag: 'institution', variable: 'institution' }];
const ofVehicles: Condition<Position>[] = [
  ...inInstitution,
  { tag: 'vehicle', variable: 'vehicle' },
];
/** Where a terminal has no fix it repeats old coordinates. */
const located: Condition<Position>[] = [...ofVehicles, { field: 'fixed', is: true }];

const perWindow = (
  columns: readonly Column<Position>[],
  where: readonly Condition<Position>[] = ofVehicles,
): Select<Position> => ({
  from: 'vehicle_position',
  columns,
  where,
  by: ['vehicle'],
  every: '$__interval',
});

const vehiclesHeard = () =>
  heard({
    title: { zh: '所选车辆在线', en: 'Chosen vehicles heard from' },
    description: {
      zh: '所选车辆中最近 15 分钟有定位的辆数。少于所选时，检查终端供电和流量卡，或是否停在地下车库。',
      en: 'How many of the vehicles chosen reported within 15 minutes. If some did not, check power and SIM card of the terminal, or whether it is parked underground.',
    },
    from: 'vehicle_position',
    field: 'lat',
    where: ofVehicles,
    by: 'vehicle',
    within: '15m',
  });

const topSpeed = () =>
  number({
    title: { zh: '最高速度', en: 'Top speed' },
    description: {
      zh: '所选车辆在所选时间内的最高速度。高于 120 km/h 时，先在下方曲线确认不是定位跳点，再找驾驶员核实。',
      en: 'Highest speed of the vehicles chosen. Above 120 km/h, first make sure on the chart below that it is no jump of the positioning, then ask the driver.',
    },
    width: 6,
    height: 4,
    unit: unitOf('speed_kmh'),
    targets: [
      target(
        toInfluxQl({
          from: 'vehicle_position',
          columns: [{ field: 'speed_kmh', aggregate: 'max' }],
          where: located,
        }),
      ),
    ],
  });

const coordinates = () =>
  new common.FrameGeometrySourceBuilder()
    .mode(common.FrameGeometrySourceMode.Coords)
    .latitude('lat')
    .longitude('lon');

const layer = (type: 'route' | 'markers', name: Text, refId: string, config: object) =>
  new common.MapLayerOptionsBuilder()
    .type(type)
    .name(both(name))
    .location(coordinates())
    .tooltip(true)
    .filterData({ id: 'byRefId', options: refId })
    .config(config);

const style = (color: string, more: object) => ({ color: { fixed: color }, opacity: 0.8, ...more });

const arrow = style('dark-green', {
  size: { fixed: 8, min: 2, max: 15 },
  symbol: { mode: 'fixed', fixed: 'img/icons/marker/triangle.svg' },
  rotation: { field: 'heading_deg', fixed: 0, min: -360, max: 360, mode: 'mod' },
  text: { mode: 'field', field: 'vehicle', fixed: '' },
});

const position: readonly Column<Position>[] = [
  { field: 'lat', aggregate: 'last' },
  { field: 'lon', aggregate: 'last' },
  { field: 'speed_kmh', aggregate: 'last' },
  { field: 'heading_deg', aggregate: 'last' },
];

const map = () =>
  dress(new geomap.PanelBuilder(), {
    title: { zh: '轨迹与最后位置', en: 'Tracks and last positions' },
    description: {
      zh: '所选车辆的轨迹和最后位置（WGS-84）。轨迹与派车路线不符时，在管家打开该车当日行程和偏离报警核对；底图若为国内地图，会有百米级偏移。',
      en: 'Tracks and last positions of the vehicles chosen (WGS-84). If a track does not fit its dispatch, open trips and off-route alerts of that day in Guanjia; on a Chinese base map it is shifted by some hundred metres.',
    },
    width: 16,
    height: 16,
    targets: [
      target(toInfluxQl(perWindow(position, located)), { table: true, refId: 'Track' }),
      target(
        toInfluxQl({
          from: 'vehicle_position',
          columns: position,
          where: located,
          by: ['vehicle'],
        }),
        { table: true, refId: 'Last' },
      ),
    ],
  })
    .maxDataPoints(2000)
    .view(new geomap.MapViewConfigBuilder().id('fit').allLayers(true).lat(0).lon(0).zoom(15))
    .controls(
      new geomap.ControlsOptionsBuilder()
        .showZoom(true)
        .mouseWheelZoom(true)
        .showAttribution(true)
        .showScale(true),
    )
    .basemap(new common.MapLayerOptionsBuilder().type('default').name('Basemap'))
    .tooltip(new geomap.TooltipOptionsBuilder().mode(geomap.TooltipMode.Details))
    .layers([
      layer('route', { zh: '轨迹', en: 'Tracks' }, 'Track', {
        arrow: 1,
        style: style('dark-blue', { lineWidth: 2 }),
      }),
      layer('markers', { zh: '最后位置', en: 'Last positions' }, 'Last', {
        showLegend: false,
        style: arrow,
      }),
    ])
    .overrideByName('speed_kmh', [{ id: 'unit', value: unitOf('speed_kmh') }])
    .overrideByName('heading_deg', [{ id: 'unit', value: 'degree' }])
    // One frame per vehicle: within one frame all vehicles would be joined by one line.
    .withTransformation({
      id: 'partitionByValues',
      filter: { id: 'byRefId', options: 'Track' },
      options: { fields: ['vehicle'], keepFields: true },
    });

interface Quantity {
  readonly metric: 'speed_kmh' | 'fuel_l' | 'soc_pct' | 'odometer_km';
  readonly aggregate: 'mean' | 'max' | 'last';
  readonly description: Text;
}

/** One quantity of the vehicles chosen, over time, under its name in the catalogue. */
const quantity = ({ metric, aggregate, description }: Quantity) =>
  lines({
    title: metrics[metric],
    description,
    width: 8,
    height: 8,
    unit: unitOf(metric),
    targets: [
      target(toInfluxQl(perWindow([{ field: metric, aggregate }])), { alias: '$tag_vehicle' }),
    ],
  });

const speed = () =>
  quantity({
    metric: 'speed_kmh',
    aggregate: 'max',
    description: {
      zh: '每段时间内的最高速度。孤立的尖峰多为定位跳点；持续超速请约谈驾驶员。',
      en: 'Highest speed of each stretch. A lone spike is mostly the positioning; lasting overspeed is a talk with the driver.',
    },
  });

const fuel = () =>
  quantity({
    metric: 'fuel_l',
    aggregate: 'mean',
    description: {
      zh: '油量应随行驶缓降、加油时陡升。停车时陡降，请核对加油记录并查看监控。',
      en: 'Falls slowly while driving, jumps when fuelled. A sudden fall while parked: compare with the fuel card and the cameras.',
    },
  });

const charge = () =>
  quantity({
    metric: 'soc_pct',
    aggregate: 'mean',
    description: {
      zh: '低于 20 % 的车辆不宜派长途；长期不充电的检查充电桩。',
      en: 'Do not send vehicles below 20 % on long trips; if one is never charged, check its charging point.',
    },
  });

const odometer = () =>
  quantity({
    metric: 'odometer_km',
    aggregate: 'last',
    description: {
      zh: '里程只增不减。下降或跳变说明换了终端或仪表，请在台账中登记；长期不变的车辆属于闲置。',
      en: 'Only rises. A fall or jump means another terminal or instrument: note it in the inventory. If it stays the same for weeks, the vehicle is idle.',
    },
  });

const ignition = () =>
  dress(new statetimeline.PanelBuilder(), {
    title: { zh: '点火状态', en: 'Ignition' },
    description: {
      zh: '所选车辆的点火时段。非工作时间或无派车单的点火，请在管家核对派车；点火而长时间不动为怠速。',
      en: 'When the vehicles chosen were switched on. Outside working hours or without a dispatch, compare with the dispatches in Guanjia; on without moving is idling.',
    },
    width: 8,
    height: 8,
    targets: [
      target(toInfluxQl(perWindow([{ field: 'acc', aggregate: 'last' }])), {
        alias: '$tag_vehicle',
      }),
    ],
  })
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .rowHeight(0.85)
    .fillOpacity(75)
    .mappings(
      mapped({
        true: { text: { zh: '点火', en: 'On' }, color: 'green' },
        false: { text: { zh: '熄火', en: 'Off' }, color: 'text' },
      }),
    );

/** Official vehicles of an institution: what is wrong, and the vehicles chosen in detail. */
export const fleetDashboard = (settings: DashboardSettings) => {
  const about = {
    name: 'fleet',
    title: { zh: '管家 · 公务用车', en: 'Guanjia: official vehicles' },
    description: { zh: '机构的公务用车', en: 'Official vehicles of an institution' },
    variables: [
      chosen(
        'institution',
        { zh: '机构', en: 'Institution' },
        tagValues('vehicle_position', 'institution'),
      ),
      chosen(
        'vehicle',
        { zh: '车辆', en: 'Vehicle' },
        tagValues('vehicle_position', 'vehicle', inInstitution),
      ),
    ],
  };
  const panels = frame(about, settings)
    .withRow(row({ zh: '现在', en: 'Now' }))
    .withPanel(standingAlerts('vehicle'))
    .withPanel(raisedAlerts('vehicle'))
    .withPanel(vehiclesHeard())
    .withPanel(topSpeed())
    .withRow(row({ zh: '所选车辆', en: 'Vehicles chosen' }))
    .withPanel(map())
    .withPanel(speed())
    .withPanel(ignition())
    .withPanel(fuel())
    .withPanel(charge())
    .withPanel(odometer());
  return withAlerts(panels, 'vehicle');
};
