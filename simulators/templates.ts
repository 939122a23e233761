import type { Institution, Vehicle } from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import type { ShapeName } from './load-shapes.ts';

/** Institutions as they might stand in a prefecture-level city. Names are made up. */

export interface MeterTemplate {
  /** Last part of the id. */
  readonly key: string;
  readonly medium: Medium;
  readonly name: string;
  readonly shape: ShapeName;
  /** Yearly mean in the unit of the counter per hour, without what the meters below it measure. */
  readonly mean: number;
  readonly subItem?: string;
  /** Key of the meter above. */
  readonly parent?: string;
  readonly ratedKw?: number;
  /** A Modbus slave instead of an MQTT device. */
  readonly modbus?: { readonly profile: string; readonly ctRatio?: number };
  /** Speaks as this family of meters does, instead of the house's own JSON. */
  readonly speaks?: 'acrel-adw300';
}

export interface BuildingTemplate {
  readonly key: string;
  readonly name: string;
  readonly floorAreaM2: number;
  readonly meters: readonly MeterTemplate[];
}

export interface InstitutionTemplate
  extends Pick<Institution, 'name' | 'level' | 'energyUsers' | 'floorAreaM2' | 'kind'> {
  readonly key: string;
  readonly division: string;
  /** Key of the institution above. */
  readonly parent: string | null;
  readonly buildings: readonly BuildingTemplate[];
  readonly vehicles: readonly Vehicle['class'][];
}

const electricity = (
  key: string,
  name: string,
  shape: ShapeName,
  mean: number,
  ratedKw: number,
  more: Pick<MeterTemplate, 'subItem' | 'parent' | 'modbus' | 'speaks'> = {},
): MeterTemplate => ({ key, medium: 'electricity', name, shape, mean, ratedKw, ...more });

const flowing = (
  key: string,
  medium: Exclude<Medium, 'electricity'>,
  name: string,
  shape: ShapeName,
  mean: number,
): MeterTemplate => ({ key, medium, name, shape, mean });

const indoor = (key: string, name: string): MeterTemplate =>
  flowing(key, 'environment', name, 'office', 0);

/** A boiler on night tariff that only keeps itself warm, but can draw far more: a fault shows within a minute. */
const boiler = (parent: string): MeterTemplate =>
  electricity('eb', '蓄热电锅炉', 'standby', 3.2, 560, { subItem: 'D9', parent });

export const institutionTemplates: readonly InstitutionTemplate[] = [
  {
    key: 'hq',
    name: '市机关事务管理局',
    level: 'municipal',
    division: '371500',
    kind: 'party-government',
    energyUsers: 420,
    floorAreaM2: 38_000,
    parent: null,
    vehicles: [
      'courier',
      'courier',
      'emergency',
      'reception',
      'general',
      'general',
      'law-enforcement',
    ],
    buildings: [
      {
        key: 'b1',
        name: '1号楼',
        floorAreaM2: 26_000,
        meters: [
          electricity('e0', '总表', 'office', 9, 500),
          electricity('ea', '照明插座', 'office', 26, 120, { subItem: 'A', parent: 'e0' }),
          electricity('eb1', '空调', 'air-conditioning', 34, 300, { subItem: 'B', parent: 'e0' }),
          electricity('ec', '电梯', 'lifts', 6, 60, { subItem: 'C1', parent: 'e0' }),
          electricity('ed', '信息机房', 'server-room', 22, 80, { subItem: 'D1', parent: 'e0' }),
          flowing('w0', 'water', '总水表', 'office', 1.9),
          flowing('h0', 'heat', '采暖热量表', 'heating', 1.1),
          indoor('t0', '三层会议室'),
        ],
      },
      {
        key: 'b2',
        name: '后勤楼',
        floorAreaM2: 12_000,
        meters: [
          electricity('e0', '总表', 'office', 11, 800, {
            modbus: { profile: 'eastron-sdm630' },
          }),
          electricity('ek', '食堂', 'canteen', 17, 120, {
            subItem: 'D3',
            parent: 'e0',
            modbus: { profile: 'chint-dtsu666', ctRatio: 40 },
          }),
          boiler('e0'),
          flowing('g0', 'gas', '食堂燃气', 'canteen', 4.2),
          flowing('w0', 'water', '食堂水表', 'canteen', 1.4),
        ],
      },
    ],
  },
  {
    key: 'school',
    name: '市实验中学',
    level: 'unit',
    division: '371500',
    kind: 'education',
    energyUsers: 2600,
    floorAreaM2: 46_000,
    parent: 'hq',
    vehicles: ['general', 'general', 'courier'],
    buildings: [
      {
        key: 'b1',
        name: '教学楼',
        floorAreaM2: 28_000,
        meters: [
          electricity('e0', '总表', 'school', 12, 630),
          electricity('ea', '照明插座', 'school', 31, 160, {
            subItem: 'A',
            parent: 'e0',
            modbus: { profile: 'acrel-adl400' },
          }),
          boiler('e0'),
          flowing('w0', 'water', '总水表', 'school', 5.2),
          flowing('h0', 'heat', '采暖热量表', 'heating', 1.6),
          flowing('g0', 'gas', '食堂燃气', 'canteen', 7),
          indoor('t0', '高一教室'),
        ],
      },
    ],
  },
  {
    key: 'hospital',
    name: '市第五医院',
    level: 'unit',
    division: '371500',
    kind: 'medical',
    energyUsers: 1450,
    floorAreaM2: 61_000,
    parent: 'hq',
    vehicles: ['emergency', 'emergency', 'special', 'general'],
    buildings: [
      {
        key: 'b1',
        name: '门诊病房楼',
        floorAreaM2: 52_000,
        meters: [
          electricity('e0', '总表', 'hospital', 48, 1600),
          electricity('ea', '照明插座', 'hospital', 72, 300, { subItem: 'A', parent: 'e0' }),
          electricity('eb', '空调', 'hospital', 95, 420, { subItem: 'B', parent: 'e0' }),
          electricity('ed', '影像中心', 'hospital', 34, 250, { subItem: 'D9', parent: 'e0' }),
          flowing('w0', 'water', '总水表', 'hospital', 11),
          flowing('h0', 'heat', '采暖热量表', 'heating', 3.4),
          flowing('g0', 'gas', '燃气总表', 'hospital', 12),
          indoor('t0', '门诊大厅'),
        ],
      },
    ],
  },
  {
    key: 'library',
    name: '市图书馆',
    level: 'unit',
    division: '371500',
    kind: 'culture',
    energyUsers: 130,
    floorAreaM2: 19_000,
    parent: 'hq',
    vehicles: ['general', 'general'],
    buildings: [
      {
        key: 'b1',
        name: '主馆',
        floorAreaM2: 19_000,
        meters: [
          electricity('e0', '总表', 'library', 24, 315, { modbus: { profile: 'eastron-sdm630' } }),
          electricity('ed', '数据机房', 'server-room', 6, 20, {
            subItem: 'D1',
            parent: 'e0',
            modbus: { profile: 'eastron-sdm630' },
          }),
          flowing('w0', 'water', '总水表', 'library', 0.9),
          indoor('t0', '阅览室'),
        ],
      },
    ],
  },
  {
    key: 'district',
    name: '东城区机关事务中心',
    level: 'county',
    division: '371502',
    kind: 'party-government',
    energyUsers: 310,
    floorAreaM2: 24_000,
    parent: 'hq',
    vehicles: ['courier', 'emergency', 'law-enforcement', 'general', 'general'],
    buildings: [
      {
        key: 'b1',
        name: '办公楼',
        floorAreaM2: 24_000,
        meters: [
          electricity('e0', '总表', 'office', 14, 400),
          electricity('ea', '照明插座', 'office', 19, 100, { subItem: 'A', parent: 'e0' }),
          electricity('eb', '空调', 'air-conditioning', 24, 220, { subItem: 'B', parent: 'e0' }),
          flowing('w0', 'water', '总水表', 'office', 1.3),
          flowing('h0', 'heat', '采暖热量表', 'heating', 0.8),
          indoor('t0', '二层办公室'),
        ],
      },
    ],
  },
  {
    key: 'service-hall',
    name: '东城区政务服务中心',
    level: 'township',
    division: '371502',
    kind: 'party-government',
    energyUsers: 160,
    floorAreaM2: 9_000,
    parent: 'district',
    vehicles: ['law-enforcement', 'courier', 'general', 'emergency'],
    buildings: [
      {
        key: 'b1',
        name: '服务大厅',
        floorAreaM2: 9_000,
        meters: [
          electricity('e0', '总表', 'office', 16, 250),
          electricity('eb', '空调', 'air-conditioning', 15, 140, {
            subItem: 'B',
            parent: 'e0',
            speaks: 'acrel-adw300',
          }),
          flowing('w0', 'water', '总水表', 'office', 0.7),
        ],
      },
    ],
  },
];
