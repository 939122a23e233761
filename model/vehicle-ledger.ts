import type { Text } from './alert.ts';

/** The vehicle ledger (单车核算): its figures with their words, units and order, and everything else it says in words. */

interface FigureInfo extends Text {
  readonly unit: string;
  readonly digits: number;
  /** `of` ÷ `by` × `factor`; such a figure has no sum, and its mean is that of the sums. */
  readonly ratio?: {
    readonly of: string;
    readonly by: string;
    readonly factor: number;
    /** Of less than so much nothing is worked out. */
    readonly least: number;
  };
}

const figure = (zh: string, en: string, unit: string, digits: number): FigureInfo => ({
  zh,
  en,
  unit,
  digits,
});
const perKm = (of: string, factor: number) => ({ of, by: 'km', factor, least: 20 });
const share = (of: string, by: string) => ({ of, by, factor: 100, least: 1 });

const figures = {
  trips: figure('出车次数', 'Trips', '', 0),
  trackKm: figure('轨迹里程', 'Distance by track', 'km', 1),
  odometerKm: figure('里程表里程', 'Distance by odometer', 'km', 1),
  km: figure('核算里程', 'Distance', 'km', 1),
  drivingHours: figure('行驶时长', 'Driving', 'h', 2),
  idlingHours: figure('怠速时长', 'Idling', 'h', 2),
  fuelUsedL: figure('油箱耗油', 'Fuel used by tank', 'L', 1),
  refuelledL: figure('油箱加油', 'Refuelled by tank', 'L', 1),
  litresPer100Km: {
    ...figure('百公里油耗', 'Fuel per 100 km', 'L/100 km', 2),
    ratio: perKm('fuelUsedL', 100),
  },
  socUsedPct: figure('耗电', 'Charge used', '%', 1),
  socChargedPct: figure('充电', 'Charge taken', '%', 1),
  cardLitres: figure('加油卡油量', 'Fuel by cards', 'L', 2),
  cardLitresPer100Km: {
    ...figure('加油卡百公里油耗', 'Fuel by cards per 100 km', 'L/100 km', 2),
    ratio: perKm('cardLitres', 100),
  },
  chargedKwh: figure('充电电量', 'Charged', 'kWh', 2),
  fuelYuan: figure('燃油费', 'Cost of fuel', 'CNY', 2),
  chargingYuan: figure('充电费', 'Cost of charging', 'CNY', 2),
  maintenanceYuan: figure('维修保养费', 'Cost of maintenance', 'CNY', 2),
  insuranceYuan: figure('保险费', 'Cost of insurance', 'CNY', 2),
  tollYuan: figure('通行费', 'Cost of tolls', 'CNY', 2),
  otherYuan: figure('其他费用', 'Other cost', 'CNY', 2),
  totalYuan: figure('费用合计', 'Cost', 'CNY', 2),
  yuanPerKm: { ...figure('公里费用', 'Cost per km', 'CNY/km', 3), ratio: perKm('totalYuan', 1) },
  daysUsed: figure('用车天数', 'Days driven', 'd', 0),
  workdays: figure('工作日', 'Workdays', 'd', 0),
  workdaysUsed: figure('工作日用车天数', 'Workdays driven', 'd', 0),
  workdayShare: {
    ...figure('工作日利用率', 'Share of workdays driven', '%', 1),
    ratio: share('workdaysUsed', 'workdays'),
  },
  officeHours: figure('工作时长', 'Office hours', 'h', 1),
  officeHoursUsed: figure('工作时间用车', 'Office hours on trips', 'h', 2),
  officeHourShare: {
    ...figure('工作时间利用率', 'Share of office hours on trips', '%', 1),
    ratio: share('officeHoursUsed', 'officeHours'),
  },
} as const satisfies Readonly<Record<string, FigureInfo>>;

export type FigureName = keyof typeof figures;
export const figureNames = Object.keys(figures) as readonly FigureName[];
export const figureInfo = (name: FigureName): FigureInfo => figures[name];

/** Why a figure is not known. */
export const whys = {
  'not-heard': { zh: '本月未收到车辆数据', en: 'not heard of this month' },
  'no-odometer': { zh: '终端不报里程表', en: 'the terminal says no odometer' },
  'odometer-gaps': {
    zh: '里程表数据缺失过多',
    en: 'the odometer is missing for too much of the way',
  },
  'no-ignition': { zh: '终端不报点火状态', en: 'the terminal says no ignition' },
  'no-fuel-level': { zh: '终端不报油量', en: 'the terminal says no fuel level' },
  'fuel-level-gaps': {
    zh: '油量数据缺失过多',
    en: 'fuel levels are missing for too much of the way',
  },
  'no-tank': { zh: '纯电动车', en: 'an electric vehicle' },
  'no-charge-level': { zh: '终端不报电量', en: 'the terminal says no state of charge' },
  'no-battery': { zh: '无动力电池', en: 'no traction battery' },
  'no-entries': { zh: '未导入此类费用', en: 'no such entries were imported' },
  'not-told': { zh: '导入数据未填', en: 'the entries do not say' },
  'no-calendar': { zh: '工作日历尚无当年数据', en: 'the calendar does not know these days yet' },
  'too-little': { zh: '基数过小', en: 'too little to divide by' },
} as const satisfies Readonly<Record<string, Text>>;
export type Why = keyof typeof whys;

/** Told of a month. */
export const monthFindings = {
  /** Cards paid for more than was used and the tank can hold beside. */
  'beyond-use': {
    zh: '加油卡油量超过耗油与油箱容积之和',
    en: 'more fuel paid for than used and held',
  },
  /** Cards paid for fuel, and the vehicle went nowhere. */
  'without-mileage': { zh: '有加油无行驶', en: 'fuel paid for without mileage' },
} as const satisfies Readonly<Record<string, Text>>;
export type MonthFinding = keyof typeof monthFindings;

/** Told of an entry for fuel. */
export const fuelFindings = {
  /** Not what its engine burns. */
  'wrong-fuel': { zh: '油品与车辆不符', en: 'not the fuel of the vehicle' },
  'beyond-tank': { zh: '超过油箱容积', en: 'more than the tank holds' },
  'beyond-room': { zh: '超过油箱剩余空间', en: 'more than the tank had room for' },
  /** It cannot have been at the station. */
  elsewhere: { zh: '车辆不在加油站', en: 'the vehicle was elsewhere' },
  /** It did not stand. */
  'under-way': { zh: '车辆正在行驶', en: 'the vehicle was under way' },
  'level-unmoved': { zh: '油箱油量未上升', en: 'the level of the tank did not rise' },
  'level-differs': { zh: '油箱升量明显少于加油量', en: 'the level rose by clearly less' },
} as const satisfies Readonly<Record<string, Text>>;
export type FuelFinding = keyof typeof fuelFindings;

/** Why an entry for fuel could not be compared. */
export const uncheckedWhys = {
  'no-tank-size': { zh: '未登记油箱容积', en: 'no tank size is registered' },
  'no-time': { zh: '只有日期', en: 'only the day is known' },
  'no-level': { zh: '无油量数据', en: 'no fuel levels' },
  'too-little-to-see': {
    zh: '油量太少无法比对',
    en: 'too little to see in the level',
  },
  'no-positions': { zh: '无定位数据', en: 'no positions' },
  'too-few-positions': { zh: '定位数据不足', en: 'too few positions' },
  'no-station': { zh: '未填加油站', en: 'no station is named' },
  'station-not-registered': { zh: '加油站未登记', en: 'the station is not registered' },
} as const satisfies Readonly<Record<string, Text>>;
export type UncheckedWhy = keyof typeof uncheckedWhys;

export const findings = { ...monthFindings, ...fuelFindings };
